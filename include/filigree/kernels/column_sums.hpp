// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels {

/// y[r, :] = x[r, :] + b[0, :]
template <class T>
struct add_bias {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  const T* b;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(r, j) = x(r, j) + b[j];
  }
};

/// How many rows a block sums.
inline constexpr offset rows_a_block = 256;

/// part[k, j] = the sum of x[r, j] over the rows r of block k, times z[r, j] where z is not null
template <class T>
struct block_column_sums {
  static constexpr offset grain = 1;
  matrix_view<const T> x;
  const T* z;
  matrix_view<T> part;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset k, Lanes lanes = {}) const {
    const offset first = k * rows_a_block, end = first + rows_a_block;
    const offset last = end < x.rows ? end : x.rows;
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) part(k, j) = 0;
    for (offset r = first; r < last; ++r)
      for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
        part(k, j) += z ? x(r, j) * z[r * x.cols + j] : x(r, j);
  }
};

/// sum[j] (+)= by * the sum of part[k, j] over all blocks k, in their order
template <class T>
struct sum_of_blocks {
  static constexpr offset grain = 16;
  matrix_view<const T> part;
  T by;
  T* sum;
  bool add;
  FILIGREE_FN void operator()(offset j) const {
    T total = 0;
    for (offset k = 0; k < part.rows; ++k) total += part(k, j);
    sum[j] = add ? sum[j] + by * total : by * total;
  }
};

}  // namespace filigree::kernels
