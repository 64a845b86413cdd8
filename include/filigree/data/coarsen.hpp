// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// A clustering of a graph's nodes, and the graph of the clusters. Lives on the host.
struct coarsening {
  index clusters = 0;
  std::vector<index> cluster{};     ///< of each node, numbered in order of their first nodes
  std::vector<index> from{}, to{};  ///< edges between clusters, each once, from < to, ascending
  std::vector<offset> weight{};     ///< how many edges of the first graph each stands for
};

namespace detail {
/// An undirected edge.
struct weighted_edge {
  index from = 0, to = 0;
  offset weight = 1;
};

/// The same edges without loops, each once, from < to, ascending; weights of duplicates add up.
[[nodiscard]] inline std::vector<weighted_edge> merged_edges(std::vector<weighted_edge> edges) {
  std::erase_if(edges, [](const weighted_edge& e) { return e.from == e.to; });
  for (auto& e : edges)
    if (e.from > e.to) std::swap(e.from, e.to);
  const auto ends = [](const weighted_edge& e) { return std::pair(e.from, e.to); };
  std::ranges::sort(edges, {}, ends);
  std::vector<weighted_edge> out;
  for (const auto& e : edges)
    if (!out.empty() && ends(out.back()) == ends(e))
      out.back().weight += e.weight;
    else
      out.push_back(e);
  return out;
}

/// Pairs up neighbors: returns each node's mate, or the node itself if it remains unmatched.
[[nodiscard]] inline std::vector<index> match(index nodes, std::span<const weighted_edge> edges) {
  const auto at = [](index v) { return static_cast<std::size_t>(v); };
  std::vector<std::vector<std::pair<index, offset>>> neighbors(at(nodes));
  std::vector<offset> weight(at(nodes), 0);
  for (const auto& e : edges) {
    neighbors[at(e.from)].emplace_back(e.to, e.weight);
    neighbors[at(e.to)].emplace_back(e.from, e.weight);
    weight[at(e.from)] += e.weight;
    weight[at(e.to)] += e.weight;
  }
  std::vector<index> order(at(nodes)), mate(at(nodes), -1);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](index v) { return weight[at(v)]; });
  for (const index v : order) {
    if (mate[at(v)] >= 0) continue;
    index best = v;
    double most = -1;
    for (const auto& [u, w] : neighbors[at(v)]) {
      if (mate[at(u)] >= 0) continue;
      const double share = static_cast<double>(w) / static_cast<double>(weight[at(v)]) +
                           static_cast<double>(w) / static_cast<double>(weight[at(u)]);
      if (share < most || (share == most && u > best)) continue;
      best = u;
      most = share;
    }
    mate[at(v)] = best;
    mate[at(best)] = v;
  }
  return mate;
}

[[nodiscard]] inline coarsening coarsen_once(index nodes, std::span<const weighted_edge> edges) {
  const auto mate = match(nodes, edges);
  coarsening out;
  for (index v = 0; v < nodes; ++v) {
    const index other = mate[static_cast<std::size_t>(v)];
    out.cluster.push_back(other < v ? out.cluster[static_cast<std::size_t>(other)]
                                    : out.clusters++);
  }
  std::vector<weighted_edge> between(edges.begin(), edges.end());
  for (auto& e : between)
    for (index* const end : {&e.from, &e.to}) *end = out.cluster[static_cast<std::size_t>(*end)];
  for (const auto& e : merged_edges(std::move(between))) {
    out.from.push_back(e.from);
    out.to.push_back(e.to);
    out.weight.push_back(e.weight);
  }
  return out;
}
}  // namespace detail

/// Pairs up neighbors, `levels` times: the clusters of level k are the nodes of level k + 1. Nodes
/// choose in order of weight, lightest first. Each takes the unmatched neighbor u with the largest
/// w(u, v) (1 / w(u) + 1 / w(v)), where w is the weight of an edge, or the total weight of a node's
/// edges (heavy-edge matching: Karypis and Kumar, 1998; Graclus: Dhillon et al., 2007); ties go to
/// the lower node. A node with no unmatched neighbor stays alone. A cluster lies within one
/// component. Edges are undirected and may be given in either direction; loops do not count, and a
/// repeated edge counts each time. Throws `shape_error` if the lists differ in length,
/// `range_error` for an endpoint out of range or negative levels.
[[nodiscard]] inline std::vector<coarsening> coarsen(index nodes, std::span<const index> from,
                                                     std::span<const index> to, int levels = 1) {
  detail::expect_least("coarsen: nodes", nodes, 0);
  detail::expect_least("coarsen: levels", levels, 0);
  detail::expect_equal("coarsen: ends of edges", std::ssize(from), std::ssize(to));
  detail::expect_ids("coarsen: from of edge", from, 0, nodes);
  detail::expect_ids("coarsen: to of edge", to, 0, nodes);
  std::vector<coarsening> out;
  if (levels == 0) return out;
  std::vector<detail::weighted_edge> edges;
  for (std::size_t e = 0; e < from.size(); ++e) edges.push_back({from[e], to[e], 1});
  edges = detail::merged_edges(std::move(edges));
  for (int k = 0; k < levels; ++k) {
    out.push_back(detail::coarsen_once(nodes, edges));
    const auto& c = out.back();
    nodes = c.clusters;
    edges.clear();
    for (std::size_t e = 0; e < c.from.size(); ++e)
      edges.push_back({c.from[e], c.to[e], c.weight[e]});
  }
  return out;
}

/// Same, for a square graph. Throws `shape_error` if the graph is not square.
template <backend B>
[[nodiscard]] std::vector<coarsening> coarsen(const B& on, const graph<B>& g, int levels = 1) {
  detail::expect_equal("coarsen: columns of the graph", g.rows(), g.cols());
  const auto begin = detail::fetch(on, g.forward().row_begin, g.rows() + 1);
  const auto neighbor = detail::fetch(on, g.forward().neighbor, g.edges());
  std::vector<index> from, to;
  for (std::size_t v = 0; v + 1 < begin.size(); ++v)
    for (auto e = begin[v]; e < begin[v + 1]; ++e) {
      const index u = neighbor[static_cast<std::size_t>(e)], own = static_cast<index>(v);
      if (g.is_undirected() && u < own) continue;  // its reverse is already in the list
      from.push_back(own);
      to.push_back(u);
    }
  return coarsen(static_cast<index>(g.rows()), from, to, levels);
}

/// The cluster at the last level that contains each node of the first graph; with no levels, each
/// node is its own cluster.
[[nodiscard]] inline std::vector<index> communities(index nodes,
                                                    std::span<const coarsening> levels) {
  std::vector<index> of(static_cast<std::size_t>(nodes));
  std::iota(of.begin(), of.end(), 0);
  for (const auto& c : levels)
    for (auto& v : of) v = c.cluster[static_cast<std::size_t>(v)];
  return of;
}

}  // namespace filigree
