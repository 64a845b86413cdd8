// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/interleaved_sum.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The mean of n elements, and 1 / sqrt(their variance + epsilon): `of(x)` is x normalized with
/// these. The variance is the mean of squared deviations, which avoids cancellation.
template <class T>
struct standard_score {
  T mean, scale;

  template <class Lanes = one_lane>
  FILIGREE_FN standard_score(const T* x, offset n, T epsilon, Lanes lanes = {}) {
    mean = interleaved_sum<T>(
               n, [=](offset j) { return x[j]; }, lanes) /
           static_cast<T>(n);
    const T center = mean;
    const auto square = [=](offset j) { return (x[j] - center) * (x[j] - center); };
    scale = 1 / std::sqrt(interleaved_sum<T>(n, square, lanes) / static_cast<T>(n) + epsilon);
  }
  [[nodiscard]] FILIGREE_FN T of(T x) const { return (x - mean) * scale; }
};

/// y[r, j] = gain[j] * (x[r, j] normalized within row r) + shift[j]
template <class T>
struct layer_norm_row {
  static constexpr offset grain = 64;
  T epsilon;
  matrix_view<const T> x;
  const T *gain, *shift;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const standard_score<T> score(x.row(r), x.cols, epsilon, lanes);
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(r, j) = gain[j] * score.of(x(r, j)) + shift[j];
  }
};

/// With z the normalized row and d = dy (*) gain: dx[r, j] += scale * (d[j] - mean(d) - z[j] *
/// mean(d (*) z)). Writes the mean and scale of each row to `moments`, (rows x 2); dx and moments
/// may each be null.
template <class T>
struct layer_norm_row_back {
  static constexpr offset grain = 64;
  T epsilon;
  matrix_view<const T> dy, x;
  const T* gain;
  T *dx, *moments;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset n = x.cols;
    const standard_score<T> score(x.row(r), n, epsilon, lanes);
    if (moments && lanes.rank() == 0) {
      moments[2 * r] = score.mean;
      moments[2 * r + 1] = score.scale;
    }
    if (!dx) return;
    const T *const in = x.row(r), *const out = dy.row(r), *const by = gain;
    const T d = interleaved_sum<T>(
        n, [=](offset j) { return out[j] * by[j]; }, lanes);
    const T dz = interleaved_sum<T>(
        n, [=](offset j) { return out[j] * by[j] * score.of(in[j]); }, lanes);
    const T mean = d / static_cast<T>(n), slope = dz / static_cast<T>(n);
    for (offset j = lanes.rank(); j < n; j += lanes.size())
      dx[r * n + j] += score.scale * (out[j] * by[j] - mean - score.of(in[j]) * slope);
  }
};

/// dy[r, j] * (x[r, j] normalized within row r), to be summed over rows
template <class T>
struct layer_norm_gain_term {
  matrix_view<const T> dy, x;
  const T* moments;
  [[nodiscard]] FILIGREE_FN T operator()(offset r, offset, offset j) const {
    return dy(r, j) * (x(r, j) - moments[2 * r]) * moments[2 * r + 1];
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
