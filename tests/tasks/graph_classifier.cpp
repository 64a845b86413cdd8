// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "temporary_file.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace filigree {

namespace {
std::vector<index> ids_from(index first, index last) {
  std::vector<index> ids(static_cast<std::size_t>(last - first));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}
// Few types, for each takes a while to compile.
template <class B, class T>
using plain_graphs =
    graph_classifier<B, encoder<gin, concat_layers>, sum_readout, no_fusion, linear_head, T>;
template <class B, class T>
using fused_graphs =
    graph_classifier<B, encoder<gin, sum_layers>, attention_readout, gated_fusion, linear_head, T>;
}  // namespace

static_assert(model<plain_graphs<cpu, float>>);
static_assert(classifier<plain_graphs<cpu, float>>);

// 0 - 1 and 0 - 1 - 2 become 0 - 1, 2 - 3 - 4.
TEMPLATE_TEST_CASE("a batch is the disjoint union of its graphs", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const graph_set set{.classes = 2,
                      .features = 2,
                      .node_begin = {0, 3, 3, 5},
                      .edge_begin = {0, 2, 2, 3},
                      .from = {0, 1, 0},
                      .to = {1, 2, 1},
                      .feature_begin = {0, 1, 1, 2, 3, 4},
                      .feature = {1, 0, 0, 1},
                      .value = {5, 6, 7, 8},
                      .label = {0, 1, 1}};
  const std::vector<index> ids{2, 1, 0};
  const auto b = make_graph_batch<T>(on, set, ids, true);
  CHECK(b.adjacency.rows() == 5);
  CHECK(b.adjacency.edges() == 2 * 3 + 5);
  CHECK(b.nodes_of.count() == 3);
  eager<T, B> r(on);
  const parameter<T, B> w(matrix<T, B>(on, std::vector<T>{1, 100}, {2, 1}));
  const auto x = activation<eager<T, B>>(r, b.features).times(r, r.leaf(w));
  CHECK(r.value(x).to_host(on) == std::vector<T>{7, 800, 500, 0, 6});
  const sum_readout::state<T, B> readout({}, on, {});
  CHECK(r.value(readout.read(r, b.nodes_of, x)).to_host(on) == std::vector<T>{807, 0, 506});
}

TEST_CASE("GIN tells rings from stars, summed up, or weighed and fused with their graph") {
  const auto data = toy::rings_and_stars();
  const auto reaches = [&](auto m) {
    fit(m, adam{.rate = 0.01f}, {.epochs = 30, .batch = 16});
    return evaluate(m, ids_from(40, 60), accuracy{})["accuracy"];
  };
  const graph_classifier_options small{.hidden = 8, .layers = 2, .dropout = 0};
  CHECK(reaches(plain_graphs<cpu, float>(data, ids_from(0, 40), small)) > 0.9);
  CHECK(reaches(fused_graphs<cpu, float>(data, ids_from(0, 40), small)) > 0.9);
}

TEMPLATE_TEST_CASE("the loss of graphs agrees with differences", "", BACKENDS) {
  const TestType on;
  const auto data = toy::rings_and_stars(12);
  const auto check = [&](auto m) {
    const auto batch = m.sample(1, 0, 0, 6);
    shake(on, m);
    CHECK(parameter_error(
              on,
              [&](const auto& f) {
                for_each_parameter(m, [&](const std::string& name, auto& p) { f(name, p); });
              },
              [&](auto& r) { return m.loss(r, batch); }) < 1e-6);
  };
  const graph_classifier_options small{.hidden = 3, .layers = 2};
  const auto train = ids_from(0, 12);
  check(plain_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
  check(fused_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
}

TEMPLATE_TEST_CASE("graphs are learned the same, in the same bits for any threads", "", BACKENDS) {
  const auto data = toy::rings_and_stars(20);
  const auto after = [&]<class B>(const B& on) {
    fused_graphs<B, double> m(data, ids_from(0, 20), {.hidden = 4, .layers = 2}, {}, {}, {}, {},
                              on);
    fit(m, adam{.rate = 0.01f}, {.epochs = 2, .batch = 7});
    std::vector<double> all;
    for_each_parameter(m, [&](const std::string&, auto& p) {
      for (const double v : p.value.to_host(on)) all.push_back(v);
    });
    for_each_buffer(m, [&](const std::string&, auto& p) {
      for (const double v : p.to_host(on)) all.push_back(v);
    });
    return all;
  };
  const auto got = after(TestType{}), expected = after(reference{});
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}) == got);
  REQUIRE(got.size() == expected.size());
  // Adam magnifies what rounding leaves of a gradient that is 0.
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-6));
}

TEST_CASE("early stopping brings running means back too") {
  const auto data = toy::rings_and_stars();
  plain_graphs<cpu, float> m(data, ids_from(0, 40), {.hidden = 4, .layers = 2});
  const auto validation = ids_from(40, 60);
  early_stopping best{m, validation, log_likelihood{}};
  fit(m, adam{.rate = 0.05f}, {.epochs = 15, .batch = 16}, best);
  CHECK(evaluate(m, validation, log_likelihood{})["log_likelihood"] == best.best());
  CHECK(m.predict(validation) == best_classes(m.scores_of(validation), m.classes()));
}

TEST_CASE("a run that was stopped and goes on ends in the same bits") {
  const auto data = toy::rings_and_stars();
  const temporary_file file(".checkpoint");
  const auto after = [&](offset epochs, const std::string& path, index hidden) {
    plain_graphs<cpu, float> m(data, ids_from(0, 40), {.hidden = hidden, .layers = 2});
    fit(m, adam{.rate = 0.02f}, {.epochs = epochs, .batch = 16, .checkpoint = {.path = path}});
    std::vector<float> all;
    const auto keep = [&](const auto& values) {
      for (const float v : values.to_host(m.on())) all.push_back(v);
    };
    for_each_parameter(m, [&](const std::string&, auto& p) { keep(p.value); });
    for_each_buffer(m, [&](const std::string&, auto& p) { keep(p); });
    return all;
  };
  const auto expected = after(6, "", 4);
  (void)after(3, file.path(), 4);
  CHECK(after(6, file.path(), 4) == expected);
  CHECK_THROWS_WITH(after(6, file.path(), 5),
                    Catch::Contains("fit.model: expected options.hidden 5, got options.hidden 4"));
}

TEST_CASE("a graph classifier says what it expects") {
  const auto data = toy::rings_and_stars(12);
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {})),
                    "graph_classifier: training graphs: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}, {.hidden = 0})),
                    "graph_classifier: hidden: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}, {.layers = 0})),
                    "graph_classifier: layers: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}, {.dropout = 1})),
                    "graph_classifier: dropout: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0, 12})),
                    "graph_classifier: training graph 1: expected 0 to 11, got 12");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}).predict(std::vector<index>{12})),
                    "graph_classifier: graph 0: expected 0 to 11, got 12");
}

TEST_CASE("a graph classifier that has diverged classifies nothing") {
  plain_graphs<cpu, float> m(toy::rings_and_stars(), ids_from(0, 40), {.hidden = 4, .layers = 2});
  for_each_parameter(m, [&](const std::string&, auto& p) {
    m.on().fill(p.value.data(), p.value.size(), std::numeric_limits<float>::quiet_NaN());
  });
  CHECK_THROWS_WITH(m.predict(ids_from(7, 9)),
                    "graph_classifier: graph 7: scores: expected finite numbers, got nan");
}

}  // namespace filigree
