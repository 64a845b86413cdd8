// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/non_edges.hpp>

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace fg = filigree;

// 0 - 1 - 2 - 3 and 4 alone: of 10 pairs 7 are not joined.
TEST_CASE("all non-edges are the pairs that no edge joins, each once") {
  const std::vector<fg::index> from{1, 1, 3}, to{0, 2, 2};
  const fg::non_edges others(5, from, to);
  REQUIRE(others.size() == 7);
  const auto all = others.draw(7, {1});
  std::set<std::pair<fg::index, fg::index>> seen;
  for (std::size_t k = 0; k < 7; ++k) seen.emplace(all.from[k], all.to[k]);
  CHECK(seen == std::set<std::pair<fg::index, fg::index>>{
                    {0, 2}, {0, 3}, {1, 3}, {0, 4}, {1, 4}, {2, 4}, {3, 4}});
  CHECK(fg::non_edges(3, {}, {}).size() == 3);
  CHECK(fg::non_edges(0, {}, {}).size() == 0);
}

TEST_CASE("non-edges are drawn uniformly, and the seed decides alone") {
  const std::vector<fg::index> from{1, 1, 3}, to{0, 2, 2};
  const fg::non_edges others(5, from, to);
  std::map<std::pair<fg::index, fg::index>, int> count;
  for (std::uint64_t s = 0; s < 3500; ++s) {
    const auto some = others.draw(2, {s, 9});
    CHECK(std::pair(some.from[0], some.to[0]) != std::pair(some.from[1], some.to[1]));
    for (std::size_t k = 0; k < 2; ++k) ++count[{some.from[k], some.to[k]}];
  }
  CHECK(count.size() == 7);
  for (const auto& [pair, n] : count) CHECK(std::abs(n - 1000) < 120);
  CHECK(others.draw(3, {4}).to == others.draw(3, {4}).to);
}

TEST_CASE("pairs of many nodes are numbered without a gap") {
  const fg::index n = 50'000;
  const fg::non_edges others(n, std::vector<fg::index>{n - 1}, std::vector<fg::index>{n - 2});
  const auto some = others.draw(2000, {3});
  for (std::size_t k = 0; k < some.from.size(); ++k) {
    CHECK(some.from[k] >= 0);
    CHECK(some.from[k] < some.to[k]);
    CHECK(some.to[k] < n);
  }
}

TEST_CASE("non_edges names edges that are none and draws that are too large") {
  using ids = std::vector<fg::index>;
  CHECK_THROWS_WITH(fg::non_edges(3, ids{0, 1}, ids{1, 0}),
                    "non_edges: edge 0 1: expected once, got it again");
  CHECK_THROWS_WITH(fg::non_edges(3, ids{2}, ids{2}),
                    "non_edges: edge 2 2: expected two nodes, got one");
  CHECK_THROWS_WITH(fg::non_edges(3, ids{2}, ids{}), "non_edges: ends of edges: expected 1, got 0");
  CHECK_THROWS_WITH(fg::non_edges(3, ids{0}, ids{1}).draw(-1, {1}),
                    "non_edges: pairs to draw: expected 0 to 2, got -1");
  CHECK_THROWS_WITH(fg::non_edges(3, ids{0}, ids{1}).draw(3, {1}),
                    "non_edges: pairs to draw: expected 0 to 2, got 3");
}
