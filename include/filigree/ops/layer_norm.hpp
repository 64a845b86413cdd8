// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/norms.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = (x[r, :] - mean) / sqrt(variance + epsilon) (*) gain + shift, with the mean and the
/// biased variance of each row (Ba et al., "Layer normalization", 2016). x is (n x d), gain and
/// shift are (1 x d). Throws `shape_error`.
struct layer_norm {
  double epsilon = 1e-5;  ///< keeps a row of equal elements finite

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& gain,
                                      const matrix_view<const T>& shift) const {
    detail::expect_same_shape("layer_norm: rows of gain", "layer_norm: columns of gain",
                              {1, x.cols}, gain.shape());
    detail::expect_same_shape("layer_norm: rows of shift", "layer_norm: columns of shift",
                              {1, x.cols}, shift.shape());
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x, matrix_view<const T> gain,
               matrix_view<const T> shift) const {
    on.for_each(x.rows,
                kernels::layer_norm<T>{static_cast<T>(epsilon), x, gain.data, shift.data, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> gain, matrix_view<const T>, gradient<T> dx, gradient<T> dgain,
                gradient<T> dshift) const {
    const auto e = static_cast<T>(epsilon);
    if (dx) on.for_each(x.rows, kernels::layer_norm_back<T>{e, x, dy, gain.data, dx});
    if (dshift) detail::column_sums<B, T>(on, dy, nullptr, dshift.data);
    if (!dgain) return;
    auto z = on.template allocate<T>(x.size());
    on.for_each(x.rows, kernels::layer_norm<T>{e, x, nullptr, nullptr, {z.data(), x.rows, x.cols}});
    detail::column_sums<B, T>(on, dy, z.data(), dgain.data);
  }
};

}  // namespace filigree
