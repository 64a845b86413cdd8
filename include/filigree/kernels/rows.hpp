// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

// Rows of -1 are padding: see tensor/row_set.hpp.

/// y[i, :] = x[row[i], :], 0 for a row of -1
template <class T, class Index = index, class In = T>
struct copy_row {
  static constexpr offset grain = 128;
  const Index* row;
  matrix_view<const In> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const Index r = row[i];
    if (r < 0) {
      for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(i, j) = 0;
      return;
    }
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(i, j) = static_cast<T>(x(r, j));
  }
};

/// y[i, :] = a[i, :] + x[row[i], :], or just a[i, :] for a row of -1
template <class T, class In = T>
struct sum_with_row {
  static constexpr offset grain = 128;
  const index* row;
  matrix_view<const T> a;
  matrix_view<const In> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const index r = row[i];
    if (r < 0) {
      for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(i, j) = a(i, j);
      return;
    }
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(i, j) = a(i, j) + static_cast<T>(x(r, j));
  }
};

/// y[row[i], :] += x[i, :]; no row may occur twice, except -1, which is skipped
template <class T>
struct add_to_row {
  static constexpr offset grain = 128;
  const index* row;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const index r = row[i];
    if (r < 0) return;
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) y(r, j) += x(i, j);
  }
};

/// Holds for a row whose elements are all 0, or, if `is` is false, for any other row.
template <class T>
struct row_is_zero {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  bool is;
  FILIGREE_FN bool operator()(offset r) const {
    for (offset j = 0; j < x.cols; ++j)
      if (!(x(r, j) == T{})) return !is;
    return is;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
