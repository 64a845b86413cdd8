// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/data/check_graph.hpp>

#include <span>
#include <string>
#include <vector>

namespace filigree {

/// Many small graphs, each with a class, stored contiguously in shared arrays. Lives on the host.
struct graph_set {
  index classes = 0, features = 0, edge_features = 0;

  std::vector<offset> node_begin{0};  ///< graphs + 1: graph g's nodes start at begin[g]
  std::vector<offset> edge_begin{0};  ///< graphs + 1: graph g's edges start at begin[g]
  std::vector<index> from{}, to{};    ///< undirected edges, each once; nodes from 0 in each graph

  std::vector<offset> feature_begin{0};  ///< nodes + 1: node v's features start at begin[v]
  std::vector<index> feature{};          ///< ascending within each node
  std::vector<float> value{};            ///< of each of these features

  std::vector<float> edge_value{};  ///< edges x edge_features, row by row
  std::vector<index> label{};       ///< by graph

  std::vector<index> tags{};               ///< what the file calls each feature, or empty
  std::vector<std::string> class_names{};  ///< by class, or empty

  [[nodiscard]] index graphs() const { return static_cast<index>(label.size()); }
  /// Of all graphs together.
  [[nodiscard]] offset nodes() const { return node_begin.back(); }
  /// Of all graphs together.
  [[nodiscard]] offset edges() const { return static_cast<offset>(from.size()); }

  /// Throws `range_error` or `shape_error` naming the inconsistency.
  void check() const {
    using namespace detail;
    const std::string name = "graph_set: ";
    expect_equal(name + "ends of edges", edges(), std::ssize(to));
    expect_ranges(name + "edge_begin", edge_begin, graphs(), edges());
    expect_ranges(name + "node_begin", node_begin, graphs(),
                  node_begin.empty() ? 0 : node_begin.back());
    for (std::size_t g = 0; g < label.size(); ++g) {
      const auto first = static_cast<std::size_t>(edge_begin[g]);
      const auto count = static_cast<std::size_t>(edge_begin[g + 1]) - first;
      expect_edges(name + "graph " + std::to_string(g) + ": edge",
                   std::span(from).subspan(first, count), std::span(to).subspan(first, count),
                   narrow<index>(node_begin[g + 1] - node_begin[g], name + "nodes of a graph"));
    }
    expect_features(name, nodes(), features, feature_begin, feature, value);
    expect_equal(name + "values of edges", edges() * edge_features, std::ssize(edge_value));
    expect_finite(name + "edge_value", edge_value);
    expect_ids(name + "label of graph", label, 0, classes);
    if (!tags.empty()) expect_equal(name + "tags", features, std::ssize(tags));
    if (!class_names.empty())
      expect_equal(name + "names of classes", classes, std::ssize(class_names));
  }
};

}  // namespace filigree
