// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/heads.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, h] = sum over the columns j of head h of x[r, j] * a[0, j]: the score of each head in graph
/// attention (Velickovic et al., 2018). The d columns of x (n x d) and a (1 x d) are split among
/// `heads` heads, d / heads consecutive columns each; y is (n x heads). Throws `shape_error`.
struct head_dot {
  offset heads = 1;
  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& a) const {
    if (heads < 1) throw shape_error("head_dot: heads", 1, heads);
    detail::expect_equal("head_dot: columns of x modulo heads", 0, x.cols % heads);
    detail::expect_same_shape("head_dot: rows of a", "head_dot: columns of a",
                              filigree::shape{1, x.cols}, a.shape());
    return {x.rows, heads};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> a) const {
    on.for_each(y.rows, kernels::head_dot_row<T>{x, a.data, x.cols / heads, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> a, gradient<T> dx, gradient<T> da) const {
    const offset width = x.cols / heads;
    if (dx) on.for_each(dy.rows, kernels::head_dot_row_back<T>{dy, a.data, width, dx, !dx.empty});
    if (da)
      detail::sum_columns(on, dy.rows, heads, width, kernels::head_dot_term<T>{dy, x}, da.data,
                          !da.empty);
  }
};

}  // namespace filigree
