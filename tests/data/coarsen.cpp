// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/core/random.hpp>
#include <filigree/data/coarsen.hpp>

#include <span>
#include <vector>

namespace filigree {

namespace {
using ids = std::vector<index>;
}

// 0 - 1 - 2 - 3 - 4 - 5 becomes 0 - 1 - 2, whose node 2 finds no mate: 0 - 1.
TEST_CASE("neighbors are paired up, level by level") {
  const auto levels = coarsen(6, ids{0, 1, 2, 3, 4}, ids{1, 2, 3, 4, 5}, 3);
  REQUIRE(levels.size() == 3);
  CHECK(levels[0].cluster == ids{0, 0, 1, 1, 2, 2});
  CHECK(levels[0].clusters == 3);
  CHECK(levels[0].from == ids{0, 1});
  CHECK(levels[0].to == ids{1, 2});
  CHECK(levels[0].weight == std::vector<offset>{1, 1});
  CHECK(levels[1].cluster == ids{0, 0, 1});
  CHECK(levels[1].from == ids{0});
  CHECK(levels[2].cluster == ids{0, 0});
  CHECK(levels[2].from.empty());
  CHECK(communities(6, std::span(levels).first(2)) == ids{0, 0, 0, 0, 1, 1});
  CHECK(communities(3, {}) == ids{0, 1, 2});
}

// Two cliques of four, 0 to 3 and 4 to 7, joined by 3 - 4.
TEST_CASE("edges between clusters add up, in any direction, without loops") {
  const ids from{3, 0, 0, 1, 1, 2, 4, 4, 7, 6, 5, 6, 3, 5},
      to{0, 1, 2, 2, 3, 3, 5, 6, 4, 5, 7, 7, 4, 5};
  const auto levels = coarsen(8, from, to, 2);
  CHECK(levels[0].cluster == ids{0, 0, 1, 1, 2, 3, 3, 2});
  CHECK(levels[0].from == ids{0, 1, 2});
  CHECK(levels[0].to == ids{1, 2, 3});
  CHECK(levels[0].weight == std::vector<offset>{4, 1, 4});
  // The heavy edges join what belongs together.
  CHECK(communities(8, levels) == ids{0, 0, 0, 0, 1, 1, 1, 1});
  CHECK(levels[1].weight == std::vector<offset>{1});
}

TEST_CASE("the lightest node chooses first, and nodes without a mate stay alone") {
  // A star with a tail, 0 - {1, 2, 3}, 3 - 4, and node 5 without edges.
  const auto c = coarsen(6, ids{0, 0, 0, 3}, ids{1, 2, 3, 4})[0];
  CHECK(c.cluster == ids{0, 0, 1, 2, 2, 3});
  CHECK(c.clusters == 4);
  CHECK(coarsen(0, {}, {})[0].clusters == 0);
  CHECK(coarsen(3, {}, {}, 0).empty());
}

TEMPLATE_TEST_CASE("a graph coarsens like the list of its edges, within its components", "",
                   BACKENDS) {
  const TestType on;
  ids from, to;
  for (index a = 0; a < 120; ++a)
    for (index b = a + 1; b < 120; ++b)
      if (a % 3 == b % 3 && philox{8}.uniform(static_cast<std::uint64_t>(a * 120 + b)) < 0.08) {
        from.push_back(a);
        to.push_back(b);
      }
  const auto expected = coarsen(120, from, to, 3);
  const auto undirected = coarsen(on, graph<TestType>::undirected(on, 120, from, to), 3);
  const auto directed = coarsen(on, graph<TestType>(on, {120, 120}, from, to), 3);
  for (std::size_t k = 0; k < 3; ++k)
    for (const auto* other : {&undirected[k], &directed[k]}) {
      CHECK(other->cluster == expected[k].cluster);
      CHECK(other->from == expected[k].from);
      CHECK(other->to == expected[k].to);
      CHECK(other->weight == expected[k].weight);
    }
  const auto of = communities(120, expected);
  CHECK(expected[2].clusters < 30);
  for (std::size_t v = 0; v < 120; ++v)
    for (std::size_t u = 0; u < v; ++u)
      if (of[u] == of[v]) CHECK(u % 3 == v % 3);
}

TEST_CASE("coarsen says what it expects") {
  CHECK_THROWS_WITH(coarsen(2, ids{0}, ids{}), "coarsen: ends of edges: expected 1, got 0");
  CHECK_THROWS_WITH(coarsen(2, ids{0, 2}, ids{1, 1}),
                    "coarsen: from of edge 1: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(coarsen(2, ids{0}, ids{-1}), "coarsen: to of edge 0: expected 0 to 1, got -1");
  CHECK_THROWS_WITH(coarsen(2, ids{0}, ids{1}, -1), "coarsen: levels: expected at least 0, got -1");
  CHECK_THROWS_WITH(coarsen(-1, ids{}, ids{}), "coarsen: nodes: expected at least 0, got -1");
  const reference on;
  const graph<reference> wide(on, {2, 3}, ids{0}, ids{2});
  CHECK_THROWS_WITH(coarsen(on, wide), "coarsen: columns of the graph: expected 2, got 3");
}

}  // namespace filigree
