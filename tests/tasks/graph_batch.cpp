// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/data/graph_set.hpp>
#include <filigree/networks/graph_batch.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/pool/readout.hpp>
#include <filigree/tensor/fetch.hpp>

#include <vector>

namespace filigree {

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

}  // namespace filigree
