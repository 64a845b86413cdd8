// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/blend.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = g (*) a + (1 - g) (*) b, for a and b of one shape (n x d) and shares g, one for each row
/// (n x 1) or for each element (n x d): gated fusion. Throws `shape_error`.
struct blend {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& g, const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_same_shape("blend: rows of b", "blend: columns of b", a.shape(), b.shape());
    detail::expect_equal("blend: rows of g", a.rows, g.rows);
    if (g.cols != 1) detail::expect_equal("blend: columns of g", a.cols, g.cols);
    return a.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> g, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.for_each(y.rows, kernels::blend<T>{g, a, b, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> g,
                matrix_view<const T> a, matrix_view<const T> b, gradient<T> dg, gradient<T> da,
                gradient<T> db) const {
    const bool by_row = g.cols == 1;
    if (dg && by_row) on.for_each(dy.rows, kernels::add_row_dots<T>{dy, a, b.data, dg.data});
    T* const of_elements = by_row ? nullptr : dg.data;
    if (of_elements || da || db)
      on.for_each(dy.rows, kernels::blend_back<T>{g, a, b, dy, of_elements, da.data, db.data});
  }
};

}  // namespace filigree
