// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/normalize.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = x[r, :] / |x[r, :]|: rows of length 1. A zero row yields zeros and passes no gradient.
struct normalize_rows {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.rows, kernels::normalize_row<T>{x, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> x, gradient<T> dx) const {
    if (dx) on.for_each(dy.rows, kernels::normalize_row_back<T>{dy, y, x, dx});
  }
};

}  // namespace filigree
