// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/kernels/weigh.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = w[0, column] * x: a matrix times one element of a row of weights, (1 x n).
struct weigh {
  offset column = 0;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& w) const {
    detail::expect_equal("weigh: rows of w", 1, w.rows);
    if (column < 0 || column >= w.cols)
      throw shape_error("weigh: columns of w", column + 1, w.cols);
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> w) const {
    on.for_each(y.size(), kernels::weigh<T>{w.data + column, x.data, y.data, false});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> w, gradient<T> dx, gradient<T> dw) const {
    if (dx) on.for_each(dy.size(), kernels::weigh<T>{w.data + column, dy.data, dx.data, true});
    if (!dw) return;
    auto sum = on.template allocate<T>(1);
    on.sum(dy.size(), kernels::product_term<T>{dy.data, x.data}, sum.data());
    on.for_each(1, kernels::axpy<T>{1, sum.data(), dw.data + column});
  }
};

}  // namespace filigree
