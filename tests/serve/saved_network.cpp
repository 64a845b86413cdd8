// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "saved_and_loaded.hpp"
#include "tasks/camps.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/reference.hpp>
#include <filigree/networks/link_network.hpp>
#include <filigree/networks/node_network.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/saved_network.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <string>

namespace filigree {

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
