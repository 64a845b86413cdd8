// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = [a; b]: the rows of a (p x d) above those of b (q x d), ((p + q) x d). Throws `shape_error`.
struct stack_rows {
  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_equal("stack_rows: columns of b", a.cols, b.cols);
    return {a.rows + b.rows, a.cols};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.copy(a.data, y.data, a.size());
    on.copy(b.data, y.row(a.rows), b.size());
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> a,
                matrix_view<const T> b, gradient<T> da, gradient<T> db) const {
    detail::accumulate(on, T(1), dy.rows_from(0, a.rows), da);
    detail::accumulate(on, T(1), dy.rows_from(a.rows, b.rows), db);
  }
};

}  // namespace filigree
