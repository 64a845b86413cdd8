// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = op(a) op(b), dense times dense, where op optionally transposes. Throws `shape_error`.
struct matmul {
  bool transpose_a = false, transpose_b = false;  ///< transposes that matrix

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    const offset depth = transpose_a ? a.rows : a.cols;
    if (transpose_b)
      detail::expect_equal("matmul: columns of b", depth, b.cols);
    else
      detail::expect_equal("matmul: rows of b", depth, b.rows);
    return {transpose_a ? a.cols : a.rows, transpose_b ? b.rows : b.cols};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    matmul_into(on, kernels::matmul_cell<T>{a, b, y, transpose_a, transpose_b});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> a,
                matrix_view<const T> b, gradient<T> da, gradient<T> db) const {
    // The gradient of op(a) is dy op(b)', that of op(b) is op(a)' dy; for a transposed input it is
    // transposed.
    if (da && transpose_a)
      matmul_into(on, kernels::matmul_cell<T>{b, dy, da, transpose_b, true, 1, true});
    else if (da)
      matmul_into(on, kernels::matmul_cell<T>{dy, b, da, false, !transpose_b, 1, true});
    if (db && transpose_b)
      matmul_into(on, kernels::matmul_cell<T>{dy, a, db, true, transpose_a, 1, true});
    else if (db)
      matmul_into(on, kernels::matmul_cell<T>{a, dy, db, !transpose_a, false, 1, true});
  }
};

}  // namespace filigree
