// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <vector>

namespace filigree {

/// Many small graphs, each with a class, one after the other; on the host. Graph g has the nodes
/// from node_begin[g] on, whose numbers within the graph begin with 0, and the undirected edges
/// from edge_begin[g] on.
struct graph_set {
  index classes = 0, features = 0;
  std::vector<offset> node_begin{0}, edge_begin{0};  ///< graphs + 1
  std::vector<index> from, to;                       ///< edges, each once, within their graph
  std::vector<offset> feature_begin{0};              ///< nodes + 1
  std::vector<index> feature;                        ///< columns, ascending in each node
  std::vector<float> value;                          ///< of each feature
  std::vector<index> label;                          ///< of each graph

  /// How many graphs there are.
  [[nodiscard]] index graphs() const { return static_cast<index>(label.size()); }
  /// How many nodes there are in all.
  [[nodiscard]] offset nodes() const { return node_begin.back(); }
};

}  // namespace filigree
