// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_and_loaded.hpp"
#include "tasks/camps.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/train/fit.hpp>

#include <vector>

namespace filigree {

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

}  // namespace filigree
