// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = x minus the mean of all its elements.
struct subtract_mean {
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    less_mean(on, x, y, false);
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) less_mean(on, dy, dx, true);
  }

 private:
  template <backend B, class T>
  static void less_mean(const B& on, matrix_view<const T> x, matrix_view<T> y, bool add) {
    if (x.size() == 0) return;
    auto mean = on.template allocate<T>(1);
    on.sum(x.size(), kernels::element<T>{x.data}, mean.data(), 1 / static_cast<double>(x.size()));
    on.for_each(x.size(), kernels::subtract_mean<T>{x.data, mean.data(), y.data, add});
  }
};

}  // namespace filigree
