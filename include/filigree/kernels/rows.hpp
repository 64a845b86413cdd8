// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels {

/// y[i, :] = x[row[i], :]
template <class T>
struct copy_row {
  static constexpr offset grain = 128;
  const index* row;
  matrix_view<const T> x;
  matrix_view<T> y;
  FILIGREE_FN void operator()(offset i) const {
    for (offset j = 0; j < x.cols; ++j) y(i, j) = x(row[i], j);
  }
};

/// y[i, :] = a[i, :] + x[row[i], :]
template <class T>
struct sum_with_row {
  static constexpr offset grain = 128;
  const index* row;
  matrix_view<const T> a, x;
  matrix_view<T> y;
  FILIGREE_FN void operator()(offset i) const {
    for (offset j = 0; j < x.cols; ++j) y(i, j) = a(i, j) + x(row[i], j);
  }
};

/// y[row[i], :] += x[i, :]; no row may come twice
template <class T>
struct add_to_row {
  static constexpr offset grain = 128;
  const index* row;
  matrix_view<const T> x;
  matrix_view<T> y;
  FILIGREE_FN void operator()(offset i) const {
    for (offset j = 0; j < x.cols; ++j) y(row[i], j) += x(i, j);
  }
};

}  // namespace filigree::kernels
