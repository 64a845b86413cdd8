// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/data/check_graph.hpp>

#include <string>
#include <vector>

namespace filigree {

/// Known features of edges: several numbers for each, or one of several types. Edges are identified
/// by their endpoints; in an undirected graph each edge is listed once, with either endpoint first.
/// Lives on the host.
struct edge_features {
  std::vector<index> from{}, to{};  ///< messages go from node `from` to node `to`
  index columns = 0;                ///< the number of values per edge, or of types
  std::vector<float> value{};       ///< (edges x columns), row by row; or
  std::vector<index> type{};        ///< of each edge, 0 to columns - 1

  /// Throws `shape_error` or `range_error` naming the inconsistency.
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
