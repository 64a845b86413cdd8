// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/softmax.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y[r, :] = x[r, :] - ln(sum of exp(x[r, :])), with each row shifted by its maximum, so that large
/// scores do not overflow and small probabilities do not vanish.
struct log_softmax {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.rows, kernels::log_softmax_row<T>{x, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(dy.rows, kernels::log_softmax_row_back<T>{dy, y, dx});
  }
};

}  // namespace filigree
