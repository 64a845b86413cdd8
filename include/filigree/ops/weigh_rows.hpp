// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/blend.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = s[r, 0] * x[r, :], for x (n x d) and s (n x 1). Throws `shape_error`.
struct weigh_rows {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& s) const {
    detail::expect_equal("weigh_rows: rows of s", x.rows, s.rows);
    detail::expect_equal("weigh_rows: columns of s", 1, s.cols);
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> s) const {
    on.for_each(y.rows, kernels::weigh_rows<T>{s.data, x, y, false});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> s, gradient<T> dx, gradient<T> ds) const {
    if (dx) on.for_each(dy.rows, kernels::weigh_rows<T>{s.data, dy, dx, true});
    if (ds) on.for_each(dy.rows, kernels::add_row_dots<T>{dy, x, nullptr, ds.data});
  }
};

}  // namespace filigree
