// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels {

/// y[r, to + j] = x[r, j]
template <class T>
struct put_columns {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  matrix_view<T> y;
  offset to;
  FILIGREE_FN void operator()(offset r) const {
    for (offset j = 0; j < x.cols; ++j) y(r, to + j) = x(r, j);
  }
};

/// y[r, j] += x[r, from + j]
template <class T>
struct add_columns {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  matrix_view<T> y;
  offset from;
  FILIGREE_FN void operator()(offset r) const {
    for (offset j = 0; j < y.cols; ++j) y(r, j) += x(r, from + j);
  }
};

}  // namespace filigree::kernels
