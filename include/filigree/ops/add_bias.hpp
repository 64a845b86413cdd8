// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/broadcast.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = x[r, :] + b[0, :]: adds one row to every row. x and y are (n x d), b is (1 x d).
/// Throws `shape_error`.
struct add_bias {
  static constexpr bool takes_empty = true;

  [[nodiscard]] static bool passes_gradient() { return true; }

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& b) const {
    detail::expect_same_shape("add_bias: rows of b", "add_bias: columns of b",
                              filigree::shape{1, x.cols}, b.shape());
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> b) const {
    on.for_each(y.rows, kernels::add_bias<T>{x, b.data, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                matrix_view<const T>, gradient<T> dx, gradient<T> db) const {
    detail::accumulate(on, T(1), dy, dx);
    detail::add_column_sums(on, dy, db);
  }
};

}  // namespace filigree
