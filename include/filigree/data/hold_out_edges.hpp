// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/data/non_edges.hpp>
#include <filigree/data/shuffle.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Pairs of nodes, and whether they are joined by an edge: 1 or 0.
struct labeled_pairs : node_pairs {
  std::vector<char> is_edge{};
};

/// A graph with some edges removed, and these edges together with as many non-edges.
struct edge_split {
  node_data train;
  labeled_pairs held_out;  ///< edges in their original order, then non-edges
};

/// Holds out `share` of the undirected edges, rounded and drawn at random, together with as many
/// non-edges of the whole graph, for link prediction. The draw depends only on the seed. Throws
/// `range_error` unless 0 < share < 1, for inconsistent data, and if no edges would be held out or
/// there are too few non-edges.
[[nodiscard]] inline edge_split hold_out_edges(node_data d, float share, std::uint64_t seed = 1) {
  detail::expect_between_0_and_1("hold_out_edges: share", share);
  d.check();
  const non_edges others(d.nodes, d.from, d.to);
  const auto count = static_cast<offset>(
      std::llround(static_cast<double>(share) * static_cast<double>(d.edges())));
  if (count < 1 || count > others.size())
    throw range_error("hold_out_edges: edges to hold out of " + std::to_string(d.edges()) +
                      ": expected 1 to " + std::to_string(others.size()) +
                      ", the number of non-edges, got " + std::to_string(count));
  std::vector<std::size_t> order(d.from.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  detail::shuffle(order, {seed, 0x65646765});
  std::vector<char> held(order.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) held[order[i]] = 1;

  labeled_pairs out;
  node_pairs kept;
  for (std::size_t e = 0; e < held.size(); ++e) {
    node_pairs& part = held[e] ? static_cast<node_pairs&>(out) : kept;
    part.from.push_back(d.from[e]);
    part.to.push_back(d.to[e]);
  }
  const auto drawn = others.draw(count, {seed, 0x6e6f6e65});
  out.from.insert(out.from.end(), drawn.from.begin(), drawn.from.end());
  out.to.insert(out.to.end(), drawn.to.begin(), drawn.to.end());
  out.is_edge.assign(static_cast<std::size_t>(count), 1);
  out.is_edge.resize(out.from.size(), 0);
  d.from = std::move(kept.from);
  d.to = std::move(kept.to);
  return {std::move(d), std::move(out)};
}

}  // namespace filigree
