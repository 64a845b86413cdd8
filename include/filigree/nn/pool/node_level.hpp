// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/coarsen.hpp>
#include <filigree/nn/pool/readout.hpp>
#include <filigree/tensor/graph.hpp>

#include <memory>
#include <span>
#include <vector>

namespace filigree {

template <class T, backend B>
struct node_clusters;

/// The nodes that a layer operates on, of one graph or of a disjoint union of many.
template <class T, backend B>
struct node_level {
  graph<B> adjacency;     ///< over all nodes
  groups<T, B> nodes_of;  ///< which graph each node belongs to
  /// The clusters of the nodes, if they were precomputed.
  std::shared_ptr<const node_clusters<T, B>> clusters{};
};

/// Clusters of a level's nodes, and the next level, whose nodes are these clusters.
template <class T, backend B>
struct node_clusters {
  groups<T, B> cluster_of;  ///< which cluster each node belongs to
  node_level<T, B> next;
};

/// The levels of a coarsening (`coarsen`), each nested in the one before; null if there are none.
/// `graph_of` gives the graph of each node, from 0 to below `graphs`; with `loops`, each cluster is
/// its own neighbor.
template <class T, backend B>
[[nodiscard]] std::shared_ptr<const node_clusters<T, B>> make_clusters(
    const B& on, std::span<const coarsening> levels, std::span<const index> graph_of, offset graphs,
    bool loops) {
  if (levels.empty()) return {};
  const auto& c = levels.front();
  std::vector<index> of(static_cast<std::size_t>(c.clusters)), from = c.from, to = c.to;
  for (std::size_t v = 0; v < c.cluster.size(); ++v)
    of[static_cast<std::size_t>(c.cluster[v])] = graph_of[v];
  for (index k = 0; loops && k < c.clusters; ++k) {
    from.push_back(k);
    to.push_back(k);
  }
  return std::make_shared<const node_clusters<T, B>>(node_clusters<T, B>{
      groups<T, B>(on, std::span<const index>(c.cluster), c.clusters),
      node_level<T, B>{graph<B>::undirected(on, c.clusters, from, to),
                       groups<T, B>(on, std::span<const index>(of), graphs),
                       make_clusters<T>(on, levels.subspan(1), of, graphs, loops)}});
}

}  // namespace filigree
