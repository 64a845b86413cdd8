// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels {

/// Mean and 1 / sqrt(variance + epsilon) of a row.
template <class T>
struct row_moments {
  T mean, by;
  template <class Lanes = one_lane>
  FILIGREE_FN row_moments(const T* x, offset n, T epsilon, Lanes lanes = {}) {
    T sum = 0, squares = 0;
    for (offset j = lanes.rank(); j < n; j += lanes.size()) sum += x[j];
    mean = lanes.sum(sum) / static_cast<T>(n);
    for (offset j = lanes.rank(); j < n; j += lanes.size())
      squares += (x[j] - mean) * (x[j] - mean);
    by = 1 / std::sqrt(lanes.sum(squares) / static_cast<T>(n) + epsilon);
  }
};

/// y[r, :] = (x[r, :] - mean) / deviation * gain + shift; gain null: without both
template <class T>
struct layer_norm {
  static constexpr offset grain = 64;
  T epsilon;
  matrix_view<const T> x;
  const T *gain, *shift;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const row_moments<T> m(x.row(r), x.cols, epsilon, lanes);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) {
      const T z = (x(r, j) - m.mean) * m.by;
      y(r, j) = gain ? z * gain[j] + shift[j] : z;
    }
  }
};

/// With z the normalized row and d = dy gain: dx += (d - mean(d) - z mean(d z)) / deviation
template <class T>
struct layer_norm_back {
  static constexpr offset grain = 64;
  T epsilon;
  matrix_view<const T> x, dy;
  const T* gain;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const row_moments<T> m(x.row(r), x.cols, epsilon, lanes);
    T sum = 0, with_z = 0;
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) {
      const T d = dy(r, j) * gain[j];
      sum += d;
      with_z += d * (x(r, j) - m.mean) * m.by;
    }
    const T n = static_cast<T>(x.cols);
    const T mean = lanes.sum(sum) / n, mean_z = lanes.sum(with_z) / n;
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) {
      const T z = (x(r, j) - m.mean) * m.by;
      dx(r, j) += (dy(r, j) * gain[j] - mean - z * mean_z) * m.by;
    }
  }
};

/// y[r, :] = (x[r, :] - mean) ^ 2
template <class T>
struct squared_deviation {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  const T* mean;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(r, j) = (x(r, j) - mean[j]) * (x(r, j) - mean[j]);
  }
};

/// y[r, j] = (x[r, j] - mean[j]) / sqrt(variance[j] + epsilon), times gain[j] plus shift[j] where
/// gain is not null
template <class T>
struct column_norm {
  static constexpr offset grain = 128;
  T epsilon;
  matrix_view<const T> x;
  const T *mean, *variance, *gain, *shift;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) {
      const T z = (x(r, j) - mean[j]) / std::sqrt(variance[j] + epsilon);
      y(r, j) = gain ? z * gain[j] + shift[j] : z;
    }
  }
};

/// dx[r, j] += gain[j] / deviation[j] * (dy[r, j] - (sum[j] + z[r, j] sum_z[j]) / rows), where sum
/// and sum_z are those of dy and dy z over rows; null: mean and variance are constants
template <class T>
struct column_norm_back {
  static constexpr offset grain = 128;
  T epsilon;
  matrix_view<const T> dy, z;
  const T *variance, *gain, *sum, *sum_z;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const T rows = static_cast<T>(dy.rows);
    for (offset j = lanes.rank(); j < dy.cols; j += lanes.size()) {
      T d = dy(r, j);
      if (sum) d -= (sum[j] + z(r, j) * sum_z[j]) / rows;
      dx(r, j) += d * gain[j] / std::sqrt(variance[j] + epsilon);
    }
  }
};

}  // namespace filigree::kernels
