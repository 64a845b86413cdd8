// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = a (*) b for two matrices of the same shape, element by element. Throws `shape_error`.
struct multiply {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_same_shape("multiply: rows of b", "multiply: columns of b", a.shape(),
                              b.shape());
    return a.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.for_each(y.size(), kernels::product<T>{a.data, b.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> a,
                matrix_view<const T> b, gradient<T> da, gradient<T> db) const {
    if (da) on.for_each(dy.size(), kernels::add_product<T>{dy.data, b.data, da.data});
    if (db) on.for_each(dy.size(), kernels::add_product<T>{dy.data, a.data, db.data});
  }
};

}  // namespace filigree
