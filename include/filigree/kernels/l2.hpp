// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/dot.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The squared norm of row r, times its number of occurrences (one if begin is null).
template <class T>
struct squared_row {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  const offset* begin;
  template <class Lanes = one_lane>
  FILIGREE_FN T operator()(offset r, Lanes lanes = {}) const {
    const T times = begin ? static_cast<T>(begin[r + 1] - begin[r]) : T(1);
    return times * dot(x.row(r), x.row(r), x.cols, lanes);
  }
};

/// dx[r, :] += by * dy * occurrences of r * x[r, :]
template <class T>
struct squared_row_back {
  static constexpr offset grain = 64;
  matrix_view<const T> x, dy;
  const offset* begin;
  T by;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T times = begin ? static_cast<T>(begin[r + 1] - begin[r]) : T(1);
    const T a = by * dy(0, 0) * times;
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) dx(r, j) += a * x(r, j);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
