// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/mean_loss.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// The mean over all elements of ln(1 + exp(x)) - target * x, the negative log-likelihood of the
/// label `target`, which is 1 or 0 (or in between), under the probability sigma(x): each row may
/// have any number of labels. Stable for large scores. x and the constant target have the same
/// shape, y is (1 x 1); 0 if there are no elements. Throws `shape_error`.
template <class T, backend B>
struct binary_cross_entropy {
  const matrix<T, B>& target;

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_same_shape("binary_cross_entropy: rows of x",
                              "binary_cross_entropy: columns of x", target.shape(), x.shape());
    return {1, 1};
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.sum(x.size(), kernels::binary_cross_entropy_term<T>{x.data, target.data()}, y.data, share());
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx)
      on.for_each(x.size(), kernels::binary_cross_entropy_back<T>{static_cast<T>(share()), dy.data,
                                                                  x.data, target.data(), dx.data});
  }

 private:
  [[nodiscard]] double share() const {
    return target.size() ? 1 / static_cast<double>(target.size()) : 0;
  }
};
template <class T, class B>
binary_cross_entropy(const matrix<T, B>&) -> binary_cross_entropy<T, B>;

}  // namespace filigree
