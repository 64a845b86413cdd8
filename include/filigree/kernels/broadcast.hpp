// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/dot.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[r, j] = x[r, j] + b[j]
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

/// y[r, j] (+)= w[r] * x[r, j]
template <class T>
struct multiply_row {
  static constexpr offset grain = 128;
  const T* w;
  matrix_view<const T> x;
  matrix_view<T> y;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T by = w[r];
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(r, j) = add ? y(r, j) + by * x(r, j) : by * x(r, j);
  }
};

/// y[r] (+)= <a[r, :], b[r, :]>
template <class T>
struct dot_of_rows {
  static constexpr offset grain = 128;
  matrix_view<const T> a, b;
  T* y;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T sum = dot(a.row(r), b.row(r), a.cols, lanes);
    if (lanes.rank() == 0) y[r] = add ? y[r] + sum : sum;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
