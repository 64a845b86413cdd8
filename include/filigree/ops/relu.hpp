// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/nonlinearity.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = max(x, 0), element by element. The derivative at 0 is 0; NaN stays NaN.
struct relu {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.size(), kernels::relu<T>{x.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx) on.for_each(dy.size(), kernels::relu_back<T>{dy.data, x.data, dx.data});
  }
};

}  // namespace filigree
