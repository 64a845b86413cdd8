// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/data/check_graph.hpp>

#include <string>
#include <vector>

namespace filigree {

/// What is known of edges beforehand: some numbers of each, or one of several types. The edges are
/// named by their ends; in an undirected graph each stands once, either end first. Lives on the
/// host.
struct edge_features {
  std::vector<index> from{}, to{};  ///< what comes from node `from` arrives at node `to`
  index columns = 0;                ///< how many numbers, or types, there are
  std::vector<float> value{};       ///< (edges x columns), row by row; or
  std::vector<index> type{};        ///< of each edge, 0 to columns - 1

  /// Throws `shape_error` or `range_error` naming what does not fit together.
  void check() const {
    const std::string name = "edge_features: ";
    detail::expect_equal(name + "ends of edges", std::ssize(from), std::ssize(to));
    if (columns < 1)
      throw range_error(name + "columns: expected at least 1, got " + std::to_string(columns));
    const bool typed = !type.empty();
    detail::expect_equal(name + "values", typed ? 0 : std::ssize(from) * columns,
                         std::ssize(value));
    if (typed) detail::expect_equal(name + "types", std::ssize(from), std::ssize(type));
    detail::expect_ids(name + "type of edge", type, 0, columns);
    detail::expect_finite(name + "value", value);
  }
};

}  // namespace filigree
