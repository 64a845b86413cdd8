// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/nonlinearity.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = 1 / (1 + exp(-x)), element by element; accurate to rounding even for large |x|.
struct sigmoid {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.size(), kernels::sigmoid<T>{x.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(dy.size(), kernels::sigmoid_back<T>{dy.data, y.data, dx.data});
  }
};

}  // namespace filigree
