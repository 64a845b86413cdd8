// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/kernels/prune.hpp>

#include <algorithm>
#include <string>

namespace filigree {

/// What is pruned as one: its score is the sum of its elements' scores.
struct structure {
  enum class unit {
    element,
    row,     ///< a neuron of a weight (out x in), a row of an embedding
    column,  ///< an input of a weight (out x in)
    block,   ///< r x c neighboring elements
    n_of_m,  ///< of each m neighboring elements of a row, n stay; the kept share is n / m
  };
  unit by = unit::element;
  offset r = 1, c = 1;  ///< of blocks
  offset n = 2, m = 4;  ///< of n_of_m

  /// Lists each choice, with an enum its last value.
  static void options(auto& self, auto&& see) {
    see("by", self.by, unit::n_of_m);
    see("r", self.r);
    see("c", self.c);
    see("n", self.n);
    see("m", self.m);
  }
};

[[nodiscard]] constexpr structure by_row() { return {.by = structure::unit::row}; }
[[nodiscard]] constexpr structure by_column() { return {.by = structure::unit::column}; }
[[nodiscard]] constexpr structure by_block(offset r, offset c) {
  return {.by = structure::unit::block, .r = r, .c = c};
}
[[nodiscard]] constexpr structure by_n_of_m(offset n, offset m) {
  return {.by = structure::unit::n_of_m, .n = n, .m = m};
}

namespace detail {
[[nodiscard]] inline kernels::unit_grid grid_of(const structure& by, shape s) {
  switch (by.by) {
    case structure::unit::row:
      return {s.rows, s.cols, 1, std::max<offset>(1, s.cols)};
    case structure::unit::column:
      return {s.rows, s.cols, std::max<offset>(1, s.rows), 1};
    case structure::unit::block:
      return {s.rows, s.cols, by.r, by.c};
    case structure::unit::element:
    case structure::unit::n_of_m:
      break;
  }
  return {s.rows, s.cols, 1, 1};
}
inline void expect_structure(const structure& by) {
  if (by.by == structure::unit::block && (by.r < 1 || by.c < 1))
    throw range_error("pruning: block: expected at least 1 x 1, got " + std::to_string(by.r) +
                      " x " + std::to_string(by.c));
  if (by.by == structure::unit::n_of_m && (by.n < 0 || by.m < 1 || by.n > by.m))
    throw range_error("pruning: n of m: expected 0 <= n <= m, got " + std::to_string(by.n) +
                      " of " + std::to_string(by.m));
}
}  // namespace detail

}  // namespace filigree
