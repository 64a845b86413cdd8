// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/induced_subgraph.hpp>

#include <span>
#include <vector>

namespace filigree {

namespace {
template <backend B>
row_set<B> nodes_of(const B& on, const std::vector<index>& ids, offset bound) {
  const auto given = on.upload(std::span<const index>(ids));
  return make_row_set(on, given.data(), static_cast<offset>(ids.size()), bound);
}
}  // namespace

// 0 - 1 - 2 - 3 - 4, 1 - 3 without 2: 0 - 1 - 3 - 4 become 0 - 1 - 2 - 3.
TEMPLATE_TEST_CASE("an induced subgraph has the edges whose ends stay", "", BACKENDS) {
  const TestType on;
  const auto g = graph<TestType>::undirected(on, 5, std::vector<index>{0, 1, 2, 3, 1},
                                             std::vector<index>{1, 2, 3, 4, 3});
  const auto part = induced_subgraph(on, g, nodes_of(on, {4, 0, 3, 1}, 5));
  CHECK(part.rows() == 4);
  CHECK(part.is_undirected());
  const auto at = part.forward();
  CHECK(detail::fetch(on, at.row_begin, 5) == std::vector<offset>{0, 1, 3, 5, 6});
  CHECK(detail::fetch(on, at.neighbor, 6) == std::vector<index>{1, 0, 2, 1, 3, 2});
  CHECK(induced_subgraph(on, g, nodes_of(on, {}, 5)).edges() == 0);
}

TEST_CASE("an induced subgraph is of a square graph and its own nodes") {
  const reference on;
  const graph<reference> wide(on, {2, 3}, std::vector<index>{0}, std::vector<index>{2});
  CHECK_THROWS_WITH(induced_subgraph(on, wide, nodes_of(on, {0}, 2)),
                    "induced_subgraph: columns of the graph: expected 2, got 3");
  const auto g = graph<reference>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  CHECK_THROWS_WITH(induced_subgraph(on, g, nodes_of(on, {0}, 3)),
                    "induced_subgraph: bound of the nodes: expected 2, got 3");
}

}  // namespace filigree
