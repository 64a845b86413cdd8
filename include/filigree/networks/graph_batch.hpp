// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/coarsen.hpp>
#include <filigree/data/graph_set.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/pool/node_level.hpp>

#include <span>
#include <vector>

namespace filigree {

/// Several small graphs as one: their disjoint union, ragged, without padding.
template <class T, backend B>
struct graph_batch : node_level<T, B> {
  sparse_features<T, B> features;  ///< (nodes x columns)
};

/// The union of the graphs `ids` of a set, in that order; with a self-loop at each node if `loops`,
/// and with `levels` levels of node clusters (`coarsen`).
template <class T, backend B>
[[nodiscard]] graph_batch<T, B> make_graph_batch(const B& on, const graph_set& set,
                                                 std::span<const index> ids, bool loops,
                                                 int levels = 0) {
  std::vector<index> from, to, column, group;
  std::vector<offset> begin{0};
  std::vector<float> value;
  for (std::size_t g = 0; g < ids.size(); ++g) {
    const auto id = static_cast<std::size_t>(ids[g]);
    const auto base = static_cast<index>(group.size());
    const auto first = static_cast<std::size_t>(set.node_begin[id]),
               last = static_cast<std::size_t>(set.node_begin[id + 1]);
    for (std::size_t v = first; v < last; ++v) {
      const auto own = base + static_cast<index>(v - first);
      if (loops) {
        from.push_back(own);
        to.push_back(own);
      }
      for (auto k = static_cast<std::size_t>(set.feature_begin[v]);
           k < static_cast<std::size_t>(set.feature_begin[v + 1]); ++k) {
        column.push_back(set.feature[k]);
        value.push_back(set.value[k]);
      }
      begin.push_back(static_cast<offset>(column.size()));
    }
    group.insert(group.end(), last - first, static_cast<index>(g));
    for (auto e = static_cast<std::size_t>(set.edge_begin[id]);
         e < static_cast<std::size_t>(set.edge_begin[id + 1]); ++e) {
      from.push_back(base + set.from[e]);
      to.push_back(base + set.to[e]);
    }
  }
  const auto nodes = static_cast<offset>(group.size());
  const auto graphs = static_cast<offset>(ids.size());
  const auto coarser = coarsen(static_cast<index>(nodes), from, to, levels);
  return graph_batch<T, B>{
      node_level<T, B>{
          graph<B>::undirected(on, nodes, from, to),
          groups<T, B>(on, std::span<const index>(group), graphs),
          make_clusters<T>(on, std::span<const coarsening>(coarser), group, graphs, loops)},
      detail::sparse_features_of<T>(on, begin, column, value, set.features)};
}

}  // namespace filigree
