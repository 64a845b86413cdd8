// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/nonlinearity.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = x where x is above 0, alpha * (exp(x) - 1) elsewhere (Clevert et al., 2016). NaN stays NaN.
struct elu {
  double alpha = 1;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.size(), kernels::elu<T>{static_cast<T>(alpha), x.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> x, gradient<T> dx) const {
    if (dx)
      on.for_each(dy.size(),
                  kernels::elu_back<T>{static_cast<T>(alpha), dy.data, x.data, y.data, dx.data});
  }
};

}  // namespace filigree
