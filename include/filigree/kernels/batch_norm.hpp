// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// (x[r, j] - mean[j])^2, to be summed over rows
template <class T>
struct squared_deviation {
  matrix_view<const T> x;
  const T* mean;
  [[nodiscard]] FILIGREE_FN T operator()(offset r, offset, offset j) const {
    const T d = x(r, j) - mean[j];
    return d * d;
  }
};

/// y[j] /= by
template <class T>
struct divide_element {
  T by;
  T* y;
  FILIGREE_FN void operator()(offset j) const { y[j] /= by; }
};

/// scale[j] = 1 / sqrt(variance[j] + epsilon)
template <class T>
struct scale_of_variance {
  T epsilon;
  const T* variance;
  T* scale;
  FILIGREE_FN void operator()(offset j) const { scale[j] = 1 / std::sqrt(variance[j] + epsilon); }
};

/// y[r, j] = gain[j] * (x[r, j] - mean[j]) * scale[j] + shift[j]
template <class T>
struct batch_norm_row {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  const T *mean, *scale, *gain, *shift;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(r, j) = gain[j] * (x(r, j) - mean[j]) * scale[j] + shift[j];
  }
};

/// dy[r, j] * z, with z = (x[r, j] - mean[j]) * scale[j], to be summed over rows
template <class T>
struct batch_norm_gain_term {
  matrix_view<const T> dy, x;
  const T *mean, *scale;
  [[nodiscard]] FILIGREE_FN T operator()(offset r, offset, offset j) const {
    return dy(r, j) * (x(r, j) - mean[j]) * scale[j];
  }
};

/// dx[r, j] += gain[j] * scale[j] * (dy[r, j] - mean over rows of dy - z * mean over rows of dy z),
/// from the sums over rows; if the sums are null, mean and scale are constants, and only the dy
/// term remains.
template <class T>
struct batch_norm_row_back {
  static constexpr offset grain = 128;
  matrix_view<const T> dy, x;
  const T *mean, *scale, *gain, *sum, *sum_z;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T share = 1 / static_cast<T>(dy.rows);
    for (offset j = lanes.rank(); j < dy.cols; j += lanes.size()) {
      T d = dy(r, j);
      if (sum) d -= share * (sum[j] + (x(r, j) - mean[j]) * scale[j] * sum_z[j]);
      dx(r, j) += gain[j] * scale[j] * d;
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
