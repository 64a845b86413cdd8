// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = the first n rows of x. Throws `shape_error` where there are fewer.
struct first_rows {
  offset n = 0;  ///< how many

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    if (n < 0 || n > x.rows) throw shape_error("first_rows: rows of x", n, x.rows);
    return {n, x.cols};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.copy(x.data, y.data, y.size());
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(dy.size(), kernels::axpy<T>{T(1), dy.data, dx.data});
  }
};

}  // namespace filigree
