// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/dot.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The Euclidean norm of n elements, without intermediate overflow or underflow; NaN if an element
/// is NaN.
template <class T, class Lanes = one_lane>
[[nodiscard]] FILIGREE_FN T length(const T* x, offset n, Lanes lanes = {}) {
  T largest = 0, sum = 0, squares = 0;
  for (offset j = lanes.rank(); j < n; j += lanes.size()) {
    const T size = std::abs(x[j]);
    if (size > largest) largest = size;
    sum += size;
  }
  largest = lanes.max(largest);
  sum = lanes.sum(sum);
  if (sum == 0) return 0;  // not equal if there is a NaN
  for (offset j = lanes.rank(); j < n; j += lanes.size())
    squares += (x[j] / largest) * (x[j] / largest);
  return largest * std::sqrt(lanes.sum(squares));
}

/// y[r, :] = x[r, :] / |x[r, :]|, 0 for a zero row
template <class T>
struct normalize_row {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T by = length(x.row(r), x.cols, lanes);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(r, j) = by == 0 ? T(0) : x(r, j) / by;
  }
};

/// dx[r, :] += (dy[r, :] - y[r, :] <y[r], dy[r]>) / |x[r, :]|, 0 for a zero row
template <class T>
struct normalize_row_back {
  static constexpr offset grain = 64;
  matrix_view<const T> dy, y, x;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T by = length(x.row(r), x.cols, lanes);
    if (by == 0) return;
    const T projection = dot(y.row(r), dy.row(r), x.cols, lanes);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      dx(r, j) += (dy(r, j) - y(r, j) * projection) / by;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
