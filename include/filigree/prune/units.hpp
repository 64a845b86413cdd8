// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/kernels/prune.hpp>

#include <algorithm>
#include <string>
#include <variant>

namespace filigree {

// What of a weight is pruned as one; its score is the sum of its elements' scores. Edges leave one
// by one, those of an undirected graph in pairs, and embeddings row by row.

/// Each element.
struct by_element {
  static constexpr const char* kind = "element";
  static void options(auto&, auto&&) {}
};
/// A row: an input of a layer whose weight is in x out.
struct by_row {
  static constexpr const char* kind = "row";
  static void options(auto&, auto&&) {}
};
/// A column: a neuron of a layer whose weight is in x out.
struct by_column {
  static constexpr const char* kind = "column";
  static void options(auto&, auto&&) {}
};
/// r x c neighboring elements.
struct by_block {
  offset r = 4, c = 1;

  static constexpr const char* kind = "block";
  static void options(auto& self, auto&& see) {
    see("r", self.r);
    see("c", self.c);
  }
};
using prune_units = std::variant<by_element, by_row, by_column, by_block>;

namespace detail {
[[nodiscard]] inline kernels::unit_grid grid_of(const prune_units& by, shape s) {
  if (std::holds_alternative<by_row>(by)) return {s.rows, s.cols, 1, std::max<offset>(1, s.cols)};
  if (std::holds_alternative<by_column>(by))
    return {s.rows, s.cols, std::max<offset>(1, s.rows), 1};
  if (const auto* const block = std::get_if<by_block>(&by))
    return {s.rows, s.cols, block->r, block->c};
  return {s.rows, s.cols, 1, 1};
}
inline void expect_units(const prune_units& by) {
  if (const auto* const block = std::get_if<by_block>(&by); block && (block->r < 1 || block->c < 1))
    throw range_error("pruning: block: expected at least 1 x 1, got " + std::to_string(block->r) +
                      " x " + std::to_string(block->c));
}
}  // namespace detail

}  // namespace filigree
