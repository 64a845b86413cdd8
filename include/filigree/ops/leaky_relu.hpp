// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/nonlinearity.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = x where x is at least 0, slope * x below (Maas et al., 2013).
struct leaky_relu {
  double slope = 0.2;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.size(), kernels::leaky_relu<T>{static_cast<T>(slope), x.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx)
      on.for_each(dy.size(),
                  kernels::leaky_relu_back<T>{static_cast<T>(slope), dy.data, x.data, dx.data});
  }
};

}  // namespace filigree
