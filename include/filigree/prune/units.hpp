// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/index.hpp>
#include <filigree/kernels/prune.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace filigree {

/// The unit in which a weight is pruned: a block of r x c neighboring elements, whose score is the
/// sum of theirs. Edges are pruned one by one, those of an undirected graph in pairs, and
/// embeddings row by row.
struct by_block {
  offset r = 1, c = 1;

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("r", self.r);
    see("c", self.c);
  }
};
/// Each element.
inline constexpr by_block by_element{};
/// A row: an input of a layer whose weight is (in x out).
inline constexpr by_block by_row{1, std::numeric_limits<offset>::max()};
/// A column: a neuron of a layer whose weight is (in x out).
inline constexpr by_block by_column{std::numeric_limits<offset>::max(), 1};

namespace detail {
[[nodiscard]] inline kernels::unit_grid grid_of(const by_block& by, shape s) {
  return {s.rows, s.cols, std::min(by.r, std::max<offset>(1, s.rows)),
          std::min(by.c, std::max<offset>(1, s.cols))};
}
inline void expect_units(const by_block& by) {
  if (by.r < 1 || by.c < 1)
    throw range_error("pruning: block: expected at least 1 x 1, got " + std::to_string(by.r) +
                      " x " + std::to_string(by.c));
}
}  // namespace detail

}  // namespace filigree
