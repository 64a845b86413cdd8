// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "node_classifier_setting.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/freeze.hpp>
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace filigree {

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
