// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// y = b m + (1 - b) x, the next value of an exponential moving average; without m, the first
/// value: x. The gradient flows only to the current term, multiplied by 1 - b. The result is also
/// written to `next`, with the same size as x, for the caller to use as the next m. Throws
/// `shape_error`.
template <class T, backend B>
struct moving_average {
  double b = 0;           ///< the weight of the past, in [0, 1)
  const matrix<T, B>* m;  ///< the average so far; null: none yet
  matrix<T, B>* next;     ///< receives the new average

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_below_1("moving_average: b", b);
    if (m)
      detail::expect_same_shape("moving_average: rows of x", "moving_average: columns of x",
                                m->shape(), x.shape());
    return x.shape();
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    if (next->shape() != x.shape()) *next = matrix<T, B>(on, x.shape());
    on.for_each(y.size(), kernels::moving_average<T>{static_cast<T>(b), m ? m->data() : nullptr,
                                                     x.data, y.data, next->data()});
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    detail::accumulate(on, static_cast<T>(1 - b), dy, dx);
  }
};
template <class T, class B>
moving_average(double, const matrix<T, B>*, matrix<T, B>*) -> moving_average<T, B>;

}  // namespace filigree
