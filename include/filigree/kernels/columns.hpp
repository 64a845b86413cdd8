// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[r, j] = x[r, column[j]]
template <class T>
struct copy_columns {
  static constexpr offset grain = 128;
  const offset* column;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) y(r, j) = x(r, column[j]);
  }
};

/// Holds for a column with a nonzero element.
template <class T>
struct column_not_zero {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  FILIGREE_FN bool operator()(offset c) const {
    for (offset r = 0; r < x.rows; ++r)
      if (!(x(r, c) == T{})) return true;
    return false;
  }
};

/// y[r, to + j] = x[r, j]
template <class T>
struct put_columns {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  matrix_view<T> y;
  offset to;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(r, to + j) = x(r, j);
  }
};

/// y[r, j] += x[r, from + j]
template <class T>
struct add_columns {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  matrix_view<T> y;
  offset from;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) y(r, j) += x(r, from + j);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
