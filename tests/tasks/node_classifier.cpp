// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "temporary_file.hpp"
#include <filigree/autograd/freeze.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <concepts>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

namespace {
template <class M>
std::vector<double> values_of(M& m) {
  std::vector<double> all;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const auto v : p.value.to_host(m.on())) all.push_back(static_cast<double>(v));
  });
  return all;
}
// Few types, for each takes a while to compile.
template <class B, class T>
using plain_nodes = node_classifier<B, gcn, no_fusion, gpf, conv_head, T>;
template <class B, class T>
using fused_nodes =
    node_classifier<B, encoder<sage, concat_layers>, gated_fusion, gpf_plus, prototype_head, T>;
template <class B, class T>
using joined_nodes = node_classifier<B, gcn, concat_fusion, prompt_nodes, conv_head, T>;
}  // namespace

static_assert(model<plain_nodes<cpu, float>>);
static_assert(classifier<plain_nodes<cpu, float>>);

TEST_CASE("layers of the graph tell camps apart, alone and fused with a node's own words") {
  const auto data = toy::camps_of_nodes();
  const auto reaches = [&](auto m) {
    fit(m, adam{.rate = 0.02f}, {.epochs = 60});
    return evaluate(m, data.test, accuracy{}, macro_f1{})["accuracy"];
  };
  CHECK(reaches(plain_nodes<cpu, float>(data, {.hidden = 16})) > 0.8);
  CHECK(reaches(fused_nodes<cpu, float>(data, {.hidden = 16})) > 0.8);
}

TEMPLATE_TEST_CASE("the loss agrees with differences, penalties and prompts included", "",
                   BACKENDS) {
  const TestType on;
  const auto check = [&](auto m) {
    const auto batch = m.sample(1, 0, 0, 100);
    const auto names = [&](const auto& f) {
      for_each_parameter(m, [&](const std::string& name, auto& p) { f(name, p); });
    };
    shake(on, m);
    CHECK(parameter_error(on, names, [&](auto& r) { return m.loss(r, batch); }) < 1e-6);
  };
  const auto data = toy::camps_of_nodes(24);
  const node_classifier_options small{.hidden = 4, .l2 = 0.1f, .l2_rest = 0.2f};
  check(plain_nodes<TestType, double>(data, small, {}, {}, {.at = 1}, {}, on));
  check(fused_nodes<TestType, double>(data, small, {}, {}, {.tokens = 2}, {}, on));
  check(joined_nodes<TestType, double>(data, small, {}, {}, {.count = 2}, {}, on));
}

TEMPLATE_TEST_CASE("the same seed learns the same, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = toy::camps_of_nodes();
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    fused_nodes<B, double> m(data, {.hidden = 8, .seed = seed}, {}, {}, {}, {}, on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 4, .batch = 13, .seed = seed});
    return values_of(m);
  };
  const auto got = after(TestType{}, 1), expected = after(reference{}, 1);
  CHECK(after(TestType{}, 2) != got);
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}, 1) == got);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-6).margin(1e-9));
}

TEST_CASE("scores of some nodes are those of all, with prompt nodes too") {
  const auto data = toy::camps_of_nodes(30);
  const auto check = [&](const auto& m) {
    using M = std::remove_cvref_t<decltype(m)>;
    const auto part =
        detail::make_part(m.on(), {4, 1, 29}, m.labels(), m.scored_graph().rows(), m.classes());
    eager<typename M::scalar, cpu> r(m.on());
    random_streams random;
    const auto all = r.value(m.scores(r, random)).to_host(m.on());
    const auto some = r.value(m.scores(r, random, part.get())).to_host(m.on());
    REQUIRE(all.size() == 90);
    REQUIRE(some.size() == 9);
    const std::vector<std::size_t> ids{1, 4, 29};
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(some[3 * k + c] == Approx(all[3 * ids[k] + c]).margin(1e-6));
  };
  check(plain_nodes<cpu, double>(data));
  check(fused_nodes<cpu, double>(data));
  check(joined_nodes<cpu, double>(data));
}

TEST_CASE("a frozen backbone gets no gradient work, and only the prompt learns") {
  const auto data = toy::camps_of_nodes(30);
  fused_nodes<cpu, float> m(data, {.hidden = 8});
  const auto before = values_of(m);
  freeze(m, "");
  freeze(m, "prompt.", false);
  CHECK(count_parameters(m).trained == 2 * 8 * 12);
  CHECK(count_parameters(m, "prompt.").all == 2 * 8 * 12);
  fit(m, adam{.rate = 0.1f}, {.epochs = 3});
  std::vector<std::string> moved;
  std::size_t at = 0;
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    bool same = true;
    for (const auto v : p.value.to_host(m.on()))
      same = static_cast<double>(v) == before[at++] && same;
    if (!same) moved.push_back(name);
    if (p.frozen) CHECK(p.gradient.size() == 0);
    if (p.frozen) CHECK(p.slots.empty());
  });
  CHECK(moved == std::vector<std::string>{"prompt.key", "prompt.tokens"});
  CHECK_THROWS_WITH(freeze(m, "nobody"),
                    "freeze: parameters: expected names that begin with \"nobody\", got none");
}

TEST_CASE("early stopping leaves a classifier the parameters of its best epoch") {
  const auto data = toy::camps_of_nodes();
  plain_nodes<cpu, float> m(data, {.hidden = 8});
  early_stopping best{m, data.validation, accuracy{}, 1, 10};
  fit(m, adam{.rate = 0.05f}, {.epochs = 60}, best);
  CHECK(evaluate(m, data.validation, accuracy{})["accuracy"] == best.best());
}

TEST_CASE("the log likelihood of a classifier is minus its cross entropy") {
  const auto data = toy::camps_of_nodes(30);
  const plain_nodes<cpu, double> m(data);
  const std::vector<index> ids{29, 1, 4};
  const auto part = detail::make_part(m.on(), ids, m.labels(), 30, m.classes());
  eager<double, cpu> r(m.on());
  random_streams random;
  const auto loss = r(cross_entropy{part->labels}, m.scores(r, random, part.get()));
  const auto measured = evaluate(m, ids, accuracy{}, log_likelihood{});
  CHECK(measured["log_likelihood"] == Approx(-r.value(loss).to_host(m.on())[0]));
  const auto scores = m.scores_of(ids);
  REQUIRE(scores.size() == 9);
  const std::vector<double> last{scores.end() - 3, scores.end()};
  CHECK(last == m.scores_of(std::vector<index>{4}));
  CHECK(best_classes(scores, m.classes()) == m.predict(ids));
  CHECK_THROWS_WITH(m.predict(std::vector<index>{3, 30}),
                    "node_classifier: node 1: expected 0 to 29, got 30");
}

TEST_CASE("a run whose edges have an average goes on from its checkpoint") {
  const auto data = toy::camps_of_nodes(30);
  using layer = graph_conv<adaptive_edges, sum_neighbors, own_update>;
  layer adapts;
  adapts.edges.ema_decay = 0.5f;
  const temporary_file file(".checkpoint");
  const auto trained = [&](offset first, bool saves) {
    std::vector<float> scores;
    for (const offset epochs : {first, offset{4}}) {
      node_classifier<cpu, layer> m(data, {.hidden = 4}, adapts);
      fit(m, adam{}, {.epochs = epochs, .checkpoint = {.path = saves ? file.path() : ""}});
      scores = m.scores_of(data.train);
    }
    return scores;
  };
  CHECK(trained(2, true) == trained(4, false));
}

TEST_CASE("a checkpoint of other parts, other choices of theirs or other data is refused") {
  const auto data = toy::camps_of_nodes(30);
  using fused = fused_nodes<cpu, float>;
  const auto identity = [&](const node_data& d, float rate, float start, offset tokens,
                            float temperature) {
    encoder<sage, concat_layers> layers;
    layers.conv.step<with_dropout>().rate = rate;
    return fused(d, {}, layers, {.start = start}, {.tokens = tokens}, {.temperature = temperature})
        .identity();
  };
  const auto one = identity(data, 0.5f, 0, 8, 0.1f);
  CHECK(one == identity(data, 0.5f, 0, 8, 0.1f));
  for (const char* part :
       {"layers encoder<graph_conv<equal_edges,mean_neighbors,", "layers.conv.step.2.rate 0.5",
        "fusion gated_fusion, fusion.per_feature 0, fusion.start 0",
        "prompt gpf_plus, prompt.tokens 8", "head prototype_head"})
    CHECK_THAT(one, Catch::Contains(part));
  CHECK(identity(data, 0.25f, 0, 8, 0.1f) != one);
  CHECK(identity(data, 0.5f, 1, 8, 0.1f) != one);
  CHECK(identity(data, 0.5f, 0, 4, 0.1f) != one);
  CHECK(identity(data, 0.5f, 0, 8, 0.2f) != one);
  CHECK(plain_nodes<cpu, float>(data).identity() != joined_nodes<cpu, float>(data).identity());

  auto moved = data;  // the same features in the same order, one of them another node's
  std::size_t v = 0;
  while (moved.feature_begin[v + 1] == moved.feature_begin[v] ||
         moved.feature[static_cast<std::size_t>(moved.feature_begin[v + 1])] <=
             moved.feature[static_cast<std::size_t>(moved.feature_begin[v + 1]) - 1])
    ++v;
  ++moved.feature_begin[v + 1];
  CHECK(identity(moved, 0.5f, 0, 8, 0.1f) != one);

  const temporary_file file(".checkpoint");
  const auto run = [&](float start) {
    fused m(data, {}, {}, {.start = start});
    fit(m, adam{}, {.epochs = 1, .checkpoint = {.path = file.path()}});
  };
  run(0);
  CHECK_THROWS_WITH(run(0.5f),
                    file.path() + ": fit.model: expected fusion.start 0.5, got fusion.start 0");
}

TEST_CASE("a node classifier says what it expects") {
  const auto data = toy::camps_of_nodes(30);
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.fanouts = {3}})),
                    "node_classifier: fanouts: expected 2, one for each layer, got 1");
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.fanouts = {3, 0}})),
                    "node_classifier: fanout: expected at least 1, or -1 for all, got 0");
  const auto whole =
      "node_classifier: fanouts: expected none with layers or prompts that need the "
      "whole graph, got 2";
  CHECK_THROWS_WITH((fused_nodes<cpu, float>(data, {.fanouts = {3, 3}})), whole);    // joins layers
  CHECK_THROWS_WITH((joined_nodes<cpu, double>(data, {.fanouts = {3, 3}})), whole);  // prompt nodes
  CHECK(plain_nodes<cpu, float>(data, {.fanouts = {3, 4}})
            .identity()
            .find("fanouts 3, options.fanouts 4") != std::string::npos);
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.hidden = 0})),
                    "node_classifier: hidden: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.layers = 0})),
                    "node_classifier: layers: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.input_dropout = 1})),
                    "node_classifier: input_dropout: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.dropout = -1})),
                    "node_classifier: dropout: expected 0 to below 1, got -1");
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.l2 = -1})),
                    "node_classifier: l2: expected at least 0, got -1");
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(data, {.l2_rest = std::nanf("")})),
                    "node_classifier: l2_rest: expected at least 0, got nan");
  CHECK_THROWS_WITH((joined_nodes<cpu, double>(data, {.layers = 1})),
                    "node_classifier: layers: expected at least 2 with a fusion, got 1");
  auto none = data;
  none.train.clear();
  CHECK_THROWS_WITH((plain_nodes<cpu, float>(none)),
                    "node_classifier: training nodes: expected at least 1, got 0");
  const plain_nodes<cpu, float> m(data);
  CHECK_THROWS_WITH(evaluate(m, {3, 30}, accuracy{}), "evaluate: id 1: expected 0 to 29, got 30");
  auto unknown = data;
  unknown.label[29] = -1;
  unknown.test.pop_back();
  CHECK_THROWS_WITH((evaluate(plain_nodes<cpu, float>(unknown), {29}, accuracy{})),
                    "evaluate: class of 29: expected one, got none");
}

TEST_CASE("a prompt at a layer that is not there is refused") {
  const auto make = [](int at) {
    return node_classifier<cpu, gcn, no_fusion, gpf>(
        toy::camps_of_nodes(), {.hidden = 4, .layers = 2}, {}, {}, {.at = at});
  };
  CHECK_THROWS_WITH(make(2), "node_classifier: prompt: layer: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(make(-1), "node_classifier: prompt: layer: expected 0 to 1, got -1");
  // In front of the head, of all layers side by side: as wide as these.
  const node_classifier<cpu, encoder<gcn, concat_layers>, no_fusion, gpf> m(
      toy::camps_of_nodes(), {.hidden = 4, .layers = 3}, {}, {}, {.at = 2});
  CHECK(count_parameters(m, "prompt.").all == 8);
  eager<float, cpu> r(m.on());
  random_streams random;
  CHECK(r.value(m.scores(r, random)).cols() == 3);
}

TEST_CASE("a node classifier that has diverged classifies nothing and wins no epoch") {
  const auto data = toy::camps_of_nodes(30);
  plain_nodes<cpu, float> m(data);
  for_each_parameter(m, [&](const std::string&, auto& p) {
    m.on().fill(p.value.data(), p.value.size(), std::numeric_limits<float>::quiet_NaN());
  });
  const auto refused = "node_classifier: node 2: scores: expected finite numbers, got nan";
  const std::vector<index> ids{2, 3};
  CHECK_THROWS_WITH(m.predict(ids), refused);
  CHECK_THROWS_WITH(evaluate(m, ids, accuracy{}), refused);
  CHECK_THROWS_WITH(evaluate(m, std::vector<index>{}, accuracy{}),
                    "evaluate: ids: expected at least 1, got 0");
  early_stopping best{m, data.validation, accuracy{}};
  progress at{.epoch = 1, .epochs = 1};
  CHECK_THROWS_AS(best.on_epoch(m, at), range_error);
  CHECK(best.best_epoch() == 0);
  const std::vector<index> nobody;
  CHECK_THROWS_WITH((early_stopping{m, nobody, accuracy{}}),
                    "early_stopping: held out: expected at least 1, got 0");
}

namespace {
/// What a user's own classifier may say.
struct speechless {
  using scalar = float;
  [[nodiscard]] std::vector<float> scores_of(std::span<const index> ids) const {
    return std::vector<float>(2 * ids.size(), std::numeric_limits<float>::infinity());
  }
  [[nodiscard]] std::span<const index> labels() const { return label; }
  [[nodiscard]] index classes() const { return 2; }
  std::vector<index> label{0, 1};
};
}  // namespace

TEST_CASE("scores of any classifier must be finite") {
  CHECK_THROWS_WITH(evaluate(speechless{}, std::vector<index>{1}, accuracy{}),
                    "evaluate: id 1: scores: expected finite numbers, got inf");
}

}  // namespace filigree
