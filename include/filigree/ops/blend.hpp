// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/blend.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = g (*) a + (1 - g) (*) b: g is the share of a. a, b and y are (n x d); g is (n x d), or (n x
/// 1): one share per row. Throws `shape_error`.
struct blend {
  static constexpr bool takes_empty = true;

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
    on.for_each(y.rows, kernels::blend_row<T>{g, a, b, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> g,
                matrix_view<const T> a, matrix_view<const T> b, gradient<T> dg, gradient<T> da,
                gradient<T> db) const {
    detail::fill_if_empty(on, dg);
    if (dg) on.for_each(dy.rows, kernels::blend_share_back<T>{dy, a, b, dg});
    if (da) on.for_each(dy.rows, kernels::blend_back<T>{dy, g, false, da, !da.empty});
    if (db) on.for_each(dy.rows, kernels::blend_back<T>{dy, g, true, db, !db.empty});
  }
};

}  // namespace filigree
