// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = by * x, a constant times a matrix.
struct scale {
  double by = 1;  ///< the constant
  static constexpr bool takes_empty = true;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.size(), kernels::scaled_copy<T>{static_cast<T>(by), x.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    detail::accumulate(on, static_cast<T>(by), dy, dx);
  }
};

}  // namespace filigree
