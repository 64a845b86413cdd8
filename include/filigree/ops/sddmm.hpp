// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// y[e] = <a[r, :], b[c, :]> for each edge e = (r, c): scores edges by the features of their
/// endpoints. a is (rows x d), b is (cols x d), y is (edges x 1). Throws `shape_error`.
template <backend B>
struct sddmm {
  const graph<B>& pattern;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_equal("sddmm: rows of a", pattern.rows(), a.rows);
    detail::expect_equal("sddmm: rows of b", pattern.cols(), b.rows);
    detail::expect_equal("sddmm: columns of b", a.cols, b.cols);
    return {pattern.edges(), 1};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    sddmm_into(
        on, kernels::sddmm_row<T>{.pattern = pattern.forward(), .a = a, .b = b, .weight = y.data});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> a,
                matrix_view<const T> b, gradient<T> da, gradient<T> db) const {
    if (da)
      spmm_into(on, kernels::spmm_row<T>{
                        .a = pattern.forward(), .weight = dy.data, .x = b, .y = da, .add = true});
    if (db)
      spmm_into(on, kernels::spmm_row<T>{
                        .a = pattern.backward(), .weight = dy.data, .x = a, .y = db, .add = true});
  }
};
template <class B>
sddmm(const graph<B>&) -> sddmm<B>;

}  // namespace filigree
