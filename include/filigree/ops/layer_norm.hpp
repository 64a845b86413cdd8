// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/kernels/layer_norm.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = gain (*) (x[r, :] - mean) / sqrt(variance + epsilon) + shift, with the mean and
/// variance of each row (Ba et al., 2016). x and y are (n x d), gain and shift (1 x d). Throws
/// `shape_error`.
struct layer_norm {
  double epsilon = 1e-5;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& gain,
                                      const matrix_view<const T>& shift) const {
    detail::expect_least("layer_norm: epsilon", epsilon, 0);
    const filigree::shape row{1, x.cols};
    detail::expect_same_shape("layer_norm: rows of gain", "layer_norm: columns of gain", row,
                              gain.shape());
    detail::expect_same_shape("layer_norm: rows of shift", "layer_norm: columns of shift", row,
                              shift.shape());
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x, matrix_view<const T> gain,
               matrix_view<const T> shift) const {
    on.for_each(y.rows,
                kernels::layer_norm_row<T>{static_cast<T>(epsilon), x, gain.data, shift.data, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> gain, matrix_view<const T>, gradient<T> dx, gradient<T> d_gain,
                gradient<T> d_shift) const {
    auto moments = on.template allocate<T>(d_gain ? 2 * x.rows : 0);
    if (dx || d_gain)
      on.for_each(dy.rows,
                  kernels::layer_norm_row_back<T>{static_cast<T>(epsilon), dy, x, gain.data,
                                                  dx.data, d_gain ? moments.data() : nullptr});
    if (d_gain)
      detail::sum_columns(on, dy.rows, 1, dy.cols,
                          kernels::layer_norm_gain_term<T>{dy, x, moments.data()}, d_gain.data,
                          true);
    detail::add_column_sums(on, dy, d_shift);
  }
};

}  // namespace filigree
