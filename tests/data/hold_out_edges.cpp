// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/hold_out_edges.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace fg = filigree;

namespace {
/// A ring with no features.
fg::node_data ring_of(fg::index nodes) {
  fg::node_data d;
  d.nodes = nodes;
  d.feature_begin.assign(static_cast<std::size_t>(nodes) + 1, 0);
  d.label.assign(static_cast<std::size_t>(nodes), -1);
  for (fg::index v = 0; v < nodes; ++v) {
    d.from.push_back(v);
    d.to.push_back((v + 1) % nodes);
  }
  return d;
}
}  // namespace

TEST_CASE("edges that are held out leave the graph, and come with as many non-edges") {
  const auto all = ring_of(40);
  const auto split = fg::hold_out_edges(all, 0.3f, 5);
  CHECK(split.train.edges() == 28);
  CHECK(split.train.nodes == 40);
  const auto& held = split.held_out;
  REQUIRE(held.from.size() == 24);
  REQUIRE(held.is_edge.size() == 24);
  CHECK(std::ranges::count(held.is_edge, 1) == 12);
  std::set<std::pair<fg::index, fg::index>> edges, apart;
  for (std::size_t e = 0; e < 28; ++e)
    edges.insert(std::minmax(split.train.from[e], split.train.to[e]));
  for (std::size_t k = 0; k < 24; ++k) {
    const auto distance = std::abs(held.from[k] - held.to[k]);
    CHECK((distance == 1 || distance == 39) == (held.is_edge[k] == 1));
    (held.is_edge[k] ? edges : apart).insert(std::minmax(held.from[k], held.to[k]));
  }
  CHECK(edges.size() == 40);  // together, each once
  CHECK(apart.size() == 12);
}

TEST_CASE("the seed decides alone which edges are held out") {
  const auto held = [](std::uint64_t seed) {
    auto pairs = fg::hold_out_edges(ring_of(40), 0.3f, seed).held_out;
    pairs.from.insert(pairs.from.end(), pairs.to.begin(), pairs.to.end());
    return pairs.from;
  };
  CHECK(held(1) == held(1));
  CHECK(held(1) != held(2));
}

TEST_CASE("hold_out_edges names a share out of range, and graphs that are too small or full") {
  for (const float share : {0.0f, 1.0f, -0.5f})
    CHECK_THROWS_WITH(fg::hold_out_edges(ring_of(9), share),
                      Catch::StartsWith("hold_out_edges: share: expected between 0 and 1"));
  CHECK_THROWS_AS(fg::hold_out_edges(ring_of(9), std::numeric_limits<float>::quiet_NaN()),
                  fg::range_error);
  CHECK_THROWS_WITH(fg::hold_out_edges(ring_of(9), 0.01f),
                    "hold_out_edges: edges to hold out of 9: expected 1 to 27, the number of "
                    "non-edges, got 0");
  CHECK_THROWS_WITH(fg::hold_out_edges(ring_of(3), 0.4f),
                    "hold_out_edges: edges to hold out of 3: expected 1 to 0, the number of "
                    "non-edges, got 1");
}
