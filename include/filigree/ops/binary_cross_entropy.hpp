// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/losses.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// The mean over all elements of -t ln(sigma(x)) - (1 - t) ln(1 - sigma(x)), (1 x 1), stable for
/// large scores x: what each of several labels, or each of several links, is learned by. The target
/// t is 0 to 1; of no elements: 0. Throws `shape_error`.
template <class T, backend B>
struct binary_cross_entropy {
  const matrix<T, B>& target;  ///< a constant

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_same_shape("binary_cross_entropy: rows of x",
                              "binary_cross_entropy: columns of x", target.shape(), x.shape());
    return {1, 1};
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.sum(x.size(), kernels::binary_cross_entropy_term<T>{x.data, target.data()}, y.data,
           share(x));
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx)
      on.for_each(x.size(), kernels::binary_cross_entropy_back<T>{
                                dy.data, x.data, target.data(), static_cast<T>(share(x)), dx.data});
  }

 private:
  [[nodiscard]] static double share(const matrix_view<const T>& x) {
    return x.size() ? 1 / static_cast<double>(x.size()) : 0;
  }
};
template <class T, class B>
binary_cross_entropy(const matrix<T, B>&) -> binary_cross_entropy<T, B>;

}  // namespace filigree
