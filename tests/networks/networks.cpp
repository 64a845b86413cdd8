// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "tasks/camps.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/reference.hpp>
#include <filigree/nn/conv/gin.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/nn/pool/pooling.hpp>
#include <filigree/nn/pool/readout.hpp>
#include <filigree/nn/prompt/prompt.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace filigree {

namespace {
/// The nodes below `from` and the edges among them.
[[nodiscard]] node_data without(const node_data& all, index from) {
  auto d = all;
  d.nodes = from;
  std::vector<index> a, b;
  for (std::size_t e = 0; e < d.from.size(); ++e)
    if (d.from[e] < from && d.to[e] < from) {
      a.push_back(d.from[e]);
      b.push_back(d.to[e]);
    }
  d.from = a;
  d.to = b;
  d.feature_begin.resize(static_cast<std::size_t>(from) + 1);
  d.feature.resize(static_cast<std::size_t>(d.feature_begin.back()));
  d.value.resize(d.feature.size());
  d.label.resize(static_cast<std::size_t>(from));
  std::erase_if(d.train, [&](index v) { return v >= from; });
  d.validation.clear();
  d.test.clear();
  return d;
}
}  // namespace

TEST_CASE("a network names options out of range") {
  const cpu on;
  CHECK_THROWS_WITH((node_network<cpu>(on, 4, 2, {.layers = 0}, {})),
                    "node_network: layers: expected at least 1, got 0");
  CHECK_THROWS_WITH((graph_network<cpu>(on, 4, 2, {.dropout = 1}, {})),
                    "graph_network: dropout: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH((link_network<cpu>(on, 4, {.columns = 0}, {})),
                    "link_network: columns: expected at least 1, got 0");
}

TEST_CASE("first weights follow from the seed and their names") {
  const cpu on;
  const auto first = [&](const auto& network) {
    std::map<std::string, std::vector<float>> weights;
    for_each_parameter(network, [&](const std::string& name, const auto& p) {
      weights[name] = p.value.to_host(on);
    });
    return weights;
  };
  using plain = node_network<cpu, sage>;
  using fused = node_network<cpu, sage, gated_fusion, gpf_plus>;
  const auto two = first(plain(on, 5, 5, {.hidden = 5, .layers = 2, .seed = 3}, {}));
  const auto three = first(fused(on, 5, 5, {.hidden = 5, .layers = 3, .seed = 3}, {}));
  // A layer and two parts more change nothing of what both have.
  for (const auto* name : {"layers.0.weight", "layers.0.own"})
    CHECK(two.at(name) == three.at(name));
  const auto other = first(plain(on, 5, 5, {.hidden = 5, .layers = 2, .seed = 4}, {}));
  CHECK(two.at("layers.0.weight") != other.at("layers.0.weight"));

  // No two weights are drawn alike, whatever they are scaled by.
  const auto all_differ = [&](const auto& weights, std::size_t least) {
    std::set<long> drawn;
    std::size_t count = 0;
    for (const auto& [name, w] : weights) {
      if (w.size() < 2 || w[0] == w[1]) continue;  // a bias
      drawn.insert(std::lround(1e4f * w[1] / w[0]));
      ++count;
    }
    CHECK(count >= least);
    CHECK(drawn.size() == count);
  };
  all_differ(three, 10);
  all_differ(
      first(
          graph_network<cpu, gin, attention_readout, no_fusion, linear_head, float, top_k_pooling>(
              on, 5, 3, {.hidden = 5, .layers = 3}, {})),
      3 * 4 + 1);
  all_differ(first(link_network<cpu, gat>(on, 5, {.hidden = 8, .columns = 8, .layers = 3}, {})),
             3 * 3);
}

TEST_CASE("a network classifies nodes of a graph that it has never seen") {
  const auto seen = toy::camps_of_nodes(90, 1), other = toy::camps_of_nodes(75, 2);
  node_classifier<cpu, gcn> m(seen, {.hidden = 16});
  fit(m, adam{.rate = 1e-2f}, {.epochs = 60, .batch = 100});
  const auto predicted = m.network().predict(other);
  REQUIRE(std::ssize(predicted) == other.nodes);
  CHECK(accuracy::of(other.label, predicted, 3) > 0.8);
  auto wider = other;
  wider.features = 13;
  CHECK_THROWS_WITH(m.network().scores(wider), "node_network: features: expected 12, got 13");
}

TEST_CASE("nodes that join later are classified from the neighbors that they have then") {
  const auto all = toy::camps_of_nodes(90, 3), early = without(all, 60);
  node_classifier<cpu, sage> m(early, {.hidden = 16});
  fit(m, adam{.rate = 1e-2f}, {.epochs = 60, .batch = 100});
  const auto predicted = m.network().predict(all);
  CHECK(accuracy::of(std::vector<index>(all.label.begin() + 60, all.label.end()),
                     std::vector<index>(predicted.begin() + 60, predicted.end()), 3) > 0.8);
}

TEST_CASE("edges that learn a weight each know no other graph") {
  const auto data = toy::camps_of_nodes(30);
  using layer = graph_conv<learned_edges, sum_neighbors, linear_update>;
  const node_classifier<reference, layer> m(data, {.hidden = 4});
  CHECK(std::ssize(m.network().predict(data)) == data.nodes);
  CHECK_THROWS_AS(m.network().predict(toy::camps_of_nodes(30, 2)), shape_error);
}

TEST_CASE("a network classifies graphs of a set that it has never seen") {
  const auto seen = toy::rings_and_stars(60), other = toy::rings_and_stars(24);
  graph_classifier<cpu> m(seen, detail::ids_below(60), {.hidden = 8, .layers = 2, .dropout = 0});
  fit(m, adam{.rate = 1e-2f}, {.epochs = 20, .batch = 10});
  CHECK(accuracy::of(other->label, m.network().predict(*other), 2) == 1);
  CHECK(m.network().predict(*seen) == m.predict(detail::ids_below(60)));
}

TEST_CASE("a network compares nodes of a graph that it has never seen") {
  const auto seen = toy::camps_of_nodes(60, 1), other = toy::camps_of_nodes(40, 2);
  link_predictor<cpu> m(seen, {.hidden = 8, .columns = 4});
  fit(m, adam{.rate = 1e-2f}, {.epochs = 40, .batch = 50});
  CHECK(m.network().scores(seen, seen.from, seen.to) == m.scores_of(seen.from, seen.to));
  std::vector<index> camp{0, 1, 2, 4, 5}, same{3, 7, 8, 10, 14}, another{4, 8, 9, 11, 12};
  const auto alike = m.network().scores(other, camp, same),
             unlike = m.network().scores(other, camp, another);
  double gap = 0;
  for (std::size_t k = 0; k < camp.size(); ++k) gap += alike[k] - unlike[k];
  CHECK(gap > 0);
}

}  // namespace filigree
