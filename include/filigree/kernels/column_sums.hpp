// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The number of rows that `column_sums` adds up in one call.
inline constexpr offset rows_of_block = 64;

/// y[b, j] (+)= the sum of term(r, j / width, j) over the rows r of block b, with `rows_of_block`
/// rows per block. A single lane traverses rows, which are contiguous in memory; multiple lanes
/// keep separate sums for their columns.
template <class T, class Term>
struct column_sums {
  static constexpr offset grain = 1;
  Term term;
  offset rows, groups, width;  ///< groups * width columns
  T* y;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset b, Lanes lanes = {}) const {
    const offset columns = groups * width, first = b * rows_of_block;
    const offset last = first + rows_of_block < rows ? first + rows_of_block : rows;
    T* const out = y + b * columns;
    if constexpr (Lanes::size() == 1) {
      if (!add)
        for (offset j = 0; j < columns; ++j) out[j] = 0;
      for (offset r = first; r < last; ++r)
        for (offset g = 0; g < groups; ++g)
          for (offset j = g * width; j < (g + 1) * width; ++j) out[j] += term(r, g, j);
    } else {
      for (offset j = lanes.rank(); j < columns; j += lanes.size()) {
        const offset g = groups == 1 ? 0 : j / width;
        T sum = 0;
        for (offset r = first; r < last; ++r) sum += term(r, g, j);
        out[j] = add ? out[j] + sum : sum;
      }
    }
  }
};

/// x[r, j], to be summed
template <class T>
struct element_of_row {
  matrix_view<const T> x;
  [[nodiscard]] FILIGREE_FN T operator()(offset r, offset, offset j) const { return x(r, j); }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
