// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = a + b, two matrices of one shape.
struct add {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_same_shape("add: rows of b", "add: columns of b", a.shape(), b.shape());
    return a.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.for_each(y.size(), kernels::axpby<T>{1, a.data, 1, b.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                matrix_view<const T>, gradient<T> da, gradient<T> db) const {
    if (da) on.for_each(dy.size(), kernels::axpy<T>{1, dy.data, da.data});
    if (db) on.for_each(dy.size(), kernels::axpy<T>{1, dy.data, db.data});
  }
};

}  // namespace filigree
