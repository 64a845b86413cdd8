// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = by * (a + b) for two matrices of the same shape.
struct add {
  double by = 1;  ///< factor of the sum
  static constexpr bool takes_empty = true;

  [[nodiscard]] bool passes_gradient() const { return by == 1; }

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_same_shape("add: rows of b", "add: columns of b", a.shape(), b.shape());
    return a.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    const auto w = static_cast<T>(by);
    on.for_each(y.size(), kernels::axpby<T>{w, a.data, w, b.data, y.data});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                matrix_view<const T>, gradient<T> da, gradient<T> db) const {
    detail::accumulate(on, static_cast<T>(by), dy, da);
    detail::accumulate(on, static_cast<T>(by), dy, db);
  }
};

}  // namespace filigree
