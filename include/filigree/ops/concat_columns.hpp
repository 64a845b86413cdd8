// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/columns.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = [a || b]: concatenates (n x p) and (n x q) side by side to (n x (p + q)). Throws
/// `shape_error`.
struct concat_columns {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_equal("concat_columns: rows of b", a.rows, b.rows);
    return {a.rows, a.cols + b.cols};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.for_each(y.rows, kernels::put_columns<T>{a, y, 0});
    on.for_each(y.rows, kernels::put_columns<T>{b, y, a.cols});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> a,
                matrix_view<const T>, gradient<T> da, gradient<T> db) const {
    if (da) on.for_each(dy.rows, kernels::add_columns<T>{dy, da, 0});
    if (db) on.for_each(dy.rows, kernels::add_columns<T>{dy, db, a.cols});
  }
};

}  // namespace filigree
