// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels {

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

}  // namespace filigree::kernels
