// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/linear.hpp>
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// y = x W', a linear layer whose weight W (out x in) has values only where `pattern` has edges:
/// these are trainable, and the zeros stay zero. w is (edges x 1), x is (batch x in), y is (batch x
/// out). The gradients are dx = dy W and dw[e] = <dy[:, r], x[:, c]> for each edge e = (r, c).
/// Throws `shape_error`.
template <backend B>
struct csr_linear {
  const graph<B>& pattern;

  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& w,
                                      const matrix_view<const T>& x) const {
    detail::expect_equal("csr_linear: rows of weights", pattern.edges(), w.rows);
    detail::expect_equal("csr_linear: columns of weights", 1, w.cols);
    detail::expect_equal("csr_linear: columns of x", pattern.cols(), x.cols);
    return {x.rows, pattern.rows()};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> w,
               matrix_view<const T> x) const {
    linear_into(on,
                kernels::csr_linear<T>{.w = pattern.forward(), .weight = w.data, .x = x, .y = y});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> w,
                matrix_view<const T> x, gradient<T> dw, gradient<T> dx) const {
    if (dx)
      linear_into(
          on, kernels::csr_linear<T>{
                  .w = pattern.backward(), .weight = w.data, .x = dy, .y = dx, .add = !dx.empty});
    if (!dw) return;
    detail::fill_if_empty(on, dw);
    const auto dy_columns = columns_of(on, dy), x_columns = columns_of(on, x);
    sddmm_into(on, kernels::sddmm_row<T>{.pattern = pattern.forward(),
                                         .a = {dy_columns.data(), dy.cols, dy.rows},
                                         .b = {x_columns.data(), x.cols, x.rows},
                                         .weight = dw.data,
                                         .add = true});
  }

 private:
  /// The transpose, so that each column is contiguous.
  template <class T>
  [[nodiscard]] static auto columns_of(const B& on, matrix_view<const T> m) {
    auto columns = on.template allocate<T>(m.size());
    transpose_into(on, kernels::transpose_element<T>{m, columns.data()});
    return columns;
  }
};
template <class B>
csr_linear(const graph<B>&) -> csr_linear<B>;

}  // namespace filigree
