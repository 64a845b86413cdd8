// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "temporary_file.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <numeric>
#include <string>
#include <vector>

namespace filigree {

namespace {
std::vector<index> graph_ids(index first, index last) {
  std::vector<index> ids(static_cast<std::size_t>(last - first));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}
template <class B, class T>
using top_graphs = graph_classifier<B, encoder<gin, concat_layers>, sum_readout, no_fusion,
                                    linear_head, T, top_k_pooling>;
template <class B, class T>
using clustered_graphs = graph_classifier<B, encoder<gin, sum_layers>, mean_readout, no_fusion,
                                          linear_head, T, cluster_pooling<>>;
}  // namespace

static_assert(model<top_graphs<cpu, float>> && classifier<clustered_graphs<cpu, float>>);

TEST_CASE("GIN tells rings from stars by their levels, of the best nodes or of clusters") {
  const auto data = toy::rings_and_stars();
  const auto reaches = [&](auto m) {
    fit(m, adam{.rate = 0.01f}, {.epochs = 30, .batch = 16});
    return evaluate(m, graph_ids(40, 60), accuracy{})["accuracy"];
  };
  const graph_classifier_options small{.hidden = 8, .layers = 2, .dropout = 0};
  const auto train = graph_ids(0, 40);
  CHECK(reaches(top_graphs<cpu, float>(data, train, small, {}, {}, {}, {}, {}, {.ratio = 0.8f})) >
        0.9);
  CHECK(reaches(clustered_graphs<cpu, float>(data, train, small)) > 0.9);
}

TEMPLATE_TEST_CASE("the loss of pooled graphs agrees with differences", "", BACKENDS) {
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
  const auto train = graph_ids(0, 12);
  check(top_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on, {.ratio = 0.6f}));
  check(clustered_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
}

TEMPLATE_TEST_CASE("pooled graphs are learned the same, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = toy::rings_and_stars(20);
  const auto after = [&]<class B>(const B& on) {
    top_graphs<B, double> m(data, graph_ids(0, 20), {.hidden = 4, .layers = 2}, {}, {}, {}, {}, on);
    fit(m, adam{.rate = 0.01f}, {.epochs = 2, .batch = 7});
    std::vector<double> all;
    for_each_parameter(m, [&](const std::string&, auto& p) {
      for (const double v : p.value.to_host(on)) all.push_back(v);
    });
    return all;
  };
  const auto got = after(TestType{}), expected = after(reference{});
  CHECK(after(TestType{}) == got);
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}) == got);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-6));
}

// 0 - 1 - 2 and 0 - 1.
TEMPLATE_TEST_CASE("a batch has as many levels of clusters as are asked for", "", BACKENDS) {
  const TestType on;
  const graph_set set{.classes = 1,
                      .features = 1,
                      .node_begin = {0, 3, 5},
                      .edge_begin = {0, 2, 3},
                      .from = {0, 1, 0},
                      .to = {1, 2, 1},
                      .feature_begin = {0, 0, 0, 0, 0, 0},
                      .label = {0, 0}};
  const std::vector<index> ids{1, 0};
  const auto b = make_graph_batch<float>(on, set, ids, true, 2);
  REQUIRE(b.clusters);
  CHECK(detail::fetch(on, b.clusters->cluster_of.group(), 5) == std::vector<index>{0, 0, 1, 1, 2});
  const auto& coarse = b.clusters->next;
  CHECK(coarse.adjacency.edges() == 2 + 3);  // with loops
  CHECK(detail::fetch(on, coarse.nodes_of.group(), 3) == std::vector<index>{0, 1, 1});
  REQUIRE(coarse.clusters);
  CHECK(detail::fetch(on, coarse.clusters->cluster_of.group(), 3) == std::vector<index>{0, 1, 1});
  CHECK(!coarse.clusters->next.clusters);
  CHECK(!make_graph_batch<float>(on, set, ids, true).clusters);
}

TEST_CASE("a checkpoint of another pooling is refused") {
  const auto data = toy::rings_and_stars(12);
  const temporary_file file(".checkpoint");
  const auto run = [&](float ratio, offset epochs) {
    top_graphs<cpu, float> m(data, graph_ids(0, 12), {.hidden = 4, .layers = 2}, {}, {}, {}, {}, {},
                             {.ratio = ratio});
    fit(m, adam{}, {.epochs = epochs, .batch = 6, .checkpoint = {.path = file.path()}});
  };
  run(0.5f, 1);
  CHECK_THROWS_WITH(run(0.25f, 2), Catch::Contains("expected pool.ratio 0.25, got pool.ratio 0.5"));
  // The same edges, one of them another graph's.
  const auto identity = [](offset of_the_first) {
    graph_set d;
    d.classes = 2;
    d.features = 1;
    d.node_begin = {0, 3, 6};
    d.edge_begin = {0, of_the_first, 3};
    d.from = {0, 1, 0};
    d.to = {1, 2, 2};
    d.feature_begin = std::vector<offset>(7, 0);
    d.label = {0, 1};
    return top_graphs<cpu, float>(std::make_shared<const graph_set>(d), {0}).identity();
  };
  CHECK(identity(1) == identity(1));
  CHECK(identity(1) != identity(2));
  std::vector<std::string> names;
  top_graphs<cpu, float> m(data, {0}, {.layers = 2});
  for_each_parameter(m, [&](const std::string& name, const auto&) {
    if (name.starts_with("pool.")) names.push_back(name);
  });
  CHECK(names == std::vector<std::string>{"pool.0.direction", "pool.1.direction"});
  CHECK_THROWS_WITH(run(0, 1), Catch::StartsWith("top_k_pooling: ratio: expected above 0"));
}

}  // namespace filigree
