// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = x[0:n, :]: the first n rows of x, (n x d). Throws `shape_error`.
struct first_rows {
  offset n = 0;
  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    if (n < 0) throw shape_error("first_rows: rows", 0, n);
    if (n > x.rows) throw shape_error("first_rows: rows of x", n, x.rows);
    return {n, x.cols};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.copy(x.data, y.data, y.size());
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (!dx) return;
    if (dx.empty) on.fill(dx.row(n), (x.rows - n) * x.cols, T(0));
    detail::accumulate(on, T(1), dy, gradient<T>{dx.rows_from(0, n), dx.empty});
  }
};

}  // namespace filigree
