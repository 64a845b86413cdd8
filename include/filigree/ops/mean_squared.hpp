// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/mean_loss.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// The mean over all elements of (x - target)^2, (1 x 1), for a constant target of the same shape
/// as x; 0 if there are no elements. Throws `shape_error`.
template <class T, backend B>
struct mean_squared {
  const matrix<T, B>& target;

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_same_shape("mean_squared: rows of x", "mean_squared: columns of x",
                              target.shape(), x.shape());
    return {1, 1};
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.sum(x.size(), kernels::squared_error_term<T>{x.data, target.data()}, y.data, share());
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx)
      on.for_each(x.size(), kernels::squared_error_back<T>{static_cast<T>(2 * share()), dy.data,
                                                           x.data, target.data(), dx.data});
  }

 private:
  [[nodiscard]] double share() const {
    return target.size() ? 1 / static_cast<double>(target.size()) : 0;
  }
};
template <class T, class B>
mean_squared(const matrix<T, B>&) -> mean_squared<T, B>;

}  // namespace filigree
