// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/heads.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

#include <string>

namespace filigree {

/// y[r, j] = sum over edges e = (r, c) of w[e, head of j] * x[c, j]: `spmm` with several heads,
/// which share the columns evenly. w is (edges x heads), x is (cols x d), y is (rows x d). A row
/// without edges gives zeros. Throws `shape_error`, and `range_error` for heads that do not divide
/// d.
template <backend B>
struct spmm_heads {
  const graph<B>& a;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& w,
                                      const matrix_view<const T>& x) const {
    detail::expect_equal("spmm_heads: rows of weights", a.edges(), w.rows);
    detail::expect_equal("spmm_heads: rows of x", a.cols(), x.rows);
    if (w.cols < 1 || x.cols % w.cols != 0)
      throw range_error("spmm_heads: columns of weights: expected a divisor of " +
                        std::to_string(x.cols) + " columns, got " + std::to_string(w.cols));
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
    if (dw) on.for_each(a.rows(), kernels::spmm_heads_weight_back<T>{a.forward(), dy, x, dw});
    if (dx) on.for_each(a.cols(), kernels::spmm_heads_row<T>{a.backward(), w, dy, dx, true});
  }
};
template <class B>
spmm_heads(const graph<B>&) -> spmm_heads<B>;

}  // namespace filigree
