// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "tasks/camps.hpp"
#include "temporary_file.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/saved_network.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <string>
#include <vector>

namespace filigree {

namespace {
/// Saves a network and loads it, perhaps for another backend.
template <class To, class From>
To saved_and_loaded(const From& network) {
  const temporary_file file(".network");
  save(network, file.path());
  return load<To>(file.path());
}
/// The choices of a network as they are told.
template <class N>
std::string told(const N& n) {
  std::string text;
  detail::append_options(text, "network", n.describe());
  return text;
}
template <class B>
using fused_network =
    node_network<B, encoder<sage, concat_layers>, gated_fusion, gpf_plus, prototype_head>;
}  // namespace

TEMPLATE_TEST_CASE("a network of nodes is saved, and classifies as before", "", BACKENDS) {
  const auto data = toy::camps_of_nodes();
  const auto check = [&](auto model) {
    fit(model, adam{.rate = 1e-2f}, {.epochs = 5});
    const auto& network = model.network();
    using network_type = std::remove_cvref_t<decltype(network)>;
    const auto same = saved_and_loaded<network_type>(network);
    CHECK(same.scores(data) == network.scores(data));
    CHECK(told(same) == told(network));
  };
  const TestType on;
  check(node_classifier<TestType, sgc>(data, {.layers = 1}, {}, {}, {}, {}, on));
  gat attention;
  attention.edges.heads = 2;
  attention.template step<with_dropout>().rate = 0.25f;
  check(node_classifier<TestType, gat>(data, {.hidden = 8}, attention, {}, {}, {}, on));
  check(node_classifier<TestType, encoder<sage, concat_layers>, gated_fusion, gpf_plus,
                        prototype_head>(data, {.hidden = 6, .seed = 3}, {},
                                        {.per_feature = true, .start = -1}, {.tokens = 2},
                                        {.temperature = 0.5f}, on));
}

TEMPLATE_TEST_CASE("networks of graphs and of links are saved too", "", BACKENDS) {
  const auto set = toy::rings_and_stars();
  std::vector<index> all;
  for (index g = 0; g < set->graphs(); ++g) all.push_back(g);
  graph_classifier<TestType> graphs(set, all, {.hidden = 6, .layers = 2});
  fit(graphs, adam{.rate = 1e-2f}, {.epochs = 2, .batch = 16});  // norms have running means
  using graphs_type = typename graph_classifier<TestType>::network_type;
  const auto same_graphs = saved_and_loaded<graphs_type>(graphs.network());
  CHECK(same_graphs.scores(*set, all) == graphs.scores_of(all));

  const auto data = toy::camps_of_nodes();
  link_predictor<TestType> links(data, {.hidden = 8, .columns = 4});
  fit(links, adam{.rate = 1e-2f}, {.epochs = 2});
  using links_type = typename link_predictor<TestType>::network_type;
  const std::vector<index> from{0, 1, 2}, to{3, 4, 5};
  CHECK(saved_and_loaded<links_type>(links.network()).scores(data, from, to) ==
        links.scores_of(from, to));
}

TEST_CASE("a pruned network is saved without what was pruned, and served on another backend") {
  const auto data = toy::camps_of_nodes();
  node_classifier<cpu> model(data, {.hidden = 8});
  pruner sparser{model, {.of = {"*weight"}, .keep = share{0.25f}, .schedule = prune_once(3)}};
  fit(model, adam{.rate = 1e-2f}, {.epochs = 5}, sparser);
  const auto plain = saved_and_loaded<node_network<reference>>(model.network());
  for_each_parameter(plain, [](const std::string&, const auto& p) { CHECK(p.mask.size() == 0); });
  const auto expected = model.network().scores(data), got = plain.scores(data);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
}

TEST_CASE("a network of another kind, or of other parts, is refused") {
  const auto data = toy::camps_of_nodes();
  const temporary_file file(".network");
  const node_classifier<cpu, gat> model(data, {.hidden = 8});
  save(model.network(), file.path());
  CHECK_THROWS_WITH(load<link_network<cpu>>(file.path()),
                    file.path() + ": kind of network: expected link-network, got node-network");
  CHECK_THROWS_WITH(
      load<node_network<cpu>>(file.path()),
      file.path() + ": network/parts/layers/edges: expected fixed, got attention_edges");
  CHECK_THROWS_WITH((load<node_network<cpu, gat, gated_fusion>>(file.path())),
                    file.path() + ": network/parts/fusion: expected gated_fusion, got no_fusion");
  using plain = graph_conv<fixed_edges, sum_neighbors, linear_update, with_bias>;
  using longer = graph_conv<fixed_edges, sum_neighbors, linear_update, with_bias, with_relu>;
  const temporary_file two_steps(".network");
  save(node_classifier<cpu, longer>(data, {.hidden = 8}).network(), two_steps.path());
  CHECK_THROWS_WITH((load<node_network<cpu, plain>>(two_steps.path())),
                    Catch::Contains(": choices of the network: expected "));
  using learned = graph_conv<learned_edges, sum_neighbors, linear_update, with_bias, with_relu>;
  const node_classifier<cpu, learned> bound(data, {.hidden = 8});
  CHECK_THROWS_WITH(save(bound.network(), file.path()),
                    "save: layers.0.edges.logit: expected parameters for any graph, got those of "
                    "one");
  CHECK(load<node_network<cpu, gat>>(file.path()).scores(data) == model.network().scores(data));
}

}  // namespace filigree
