// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/maximum.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = max(a, b) for two matrices of the same shape, element by element. If both are equal, a gets
/// the gradient; NaN stays NaN. Throws `shape_error`.
struct maximum {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_same_shape("maximum: rows of b", "maximum: columns of b", a.shape(), b.shape());
    return a.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.for_each(y.size(), kernels::maximum<T>{a.data, b.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> a,
                matrix_view<const T> b, gradient<T> da, gradient<T> db) const {
    if (da)
      on.for_each(dy.size(), kernels::maximum_back<T>{dy.data, a.data, b.data, da.data, true});
    if (db)
      on.for_each(dy.size(), kernels::maximum_back<T>{dy.data, a.data, b.data, db.data, false});
  }
};

}  // namespace filigree
