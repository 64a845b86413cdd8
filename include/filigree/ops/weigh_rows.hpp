// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/broadcast.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = w[r, 0] * x[r, :]: one weight per row. x and y are (n x d), w is (n x 1). Throws
/// `shape_error`.
struct weigh_rows {
  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& w) const {
    detail::expect_same_shape("weigh_rows: rows of w", "weigh_rows: columns of w",
                              filigree::shape{x.rows, 1}, w.shape());
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> w) const {
    on.for_each(y.rows, kernels::multiply_row<T>{w.data, x, y, false});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> w, gradient<T> dx, gradient<T> dw) const {
    if (dx) on.for_each(dy.rows, kernels::multiply_row<T>{w.data, dy, dx, !dx.empty});
    if (dw) on.for_each(dy.rows, kernels::dot_of_rows<T>{dy, x, dw.data, !dw.empty});
  }
};

}  // namespace filigree
