// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/heads.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// y[r, j] = sum over edges e = (r, c) of w[e, h] * x[c, j] for the columns j of each head h:
/// propagates features along edges with a separate weight in each head (Velickovic et al., 2018). w
/// is (edges x heads), x is (cols x d), y is (rows x d), and each head has d / heads consecutive
/// columns. A row without edges gives zeros. Throws `shape_error`.
template <backend B>
struct spmm_heads {
  const graph<B>& a;
  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& w,
                                      const matrix_view<const T>& x) const {
    detail::expect_equal("spmm_heads: rows of weights", a.edges(), w.rows);
    if (w.cols < 1) throw shape_error("spmm_heads: columns of weights", 1, w.cols);
    detail::expect_equal("spmm_heads: rows of x", a.cols(), x.rows);
    detail::expect_equal("spmm_heads: columns of x modulo those of weights", 0, x.cols % w.cols);
    return {a.rows(), x.cols};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> w,
               matrix_view<const T> x) const {
    on.for_each(a.rows(), kernels::spmm_heads_row<T>{a.forward(), w, x, y, false});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> w,
                matrix_view<const T> x, gradient<T> dw, gradient<T> dx) const {
    if (dw)
      on.for_each(a.rows(), kernels::spmm_heads_weight_back<T>{a.forward(), dy, x, dw, !dw.empty});
    if (dx) on.for_each(a.cols(), kernels::spmm_heads_row<T>{a.backward(), w, dy, dx, !dx.empty});
  }
};
template <class B>
spmm_heads(const graph<B>&) -> spmm_heads<B>;

}  // namespace filigree
