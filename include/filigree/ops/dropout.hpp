// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/random.hpp>
#include <filigree/kernels/dropout.hpp>
#include <filigree/ops/operation.hpp>

#include <string>

namespace filigree {

/// y = x / (1 - rate) with elements set to 0 with probability `rate` (Srivastava et al., 2014).
/// Element i of stream `random.stream` is dropped or kept whatever the backend and the number of
/// threads, so backward needs no stored mask; give each step and layer a stream of its own. Throws
/// `range_error` for a rate outside [0, 1).
struct dropout {
  double rate = 0.5;  ///< the share that is dropped, 0 to below 1
  philox random{};    ///< which: a function of key, stream and element

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    if (!(rate >= 0 && rate < 1))
      throw range_error("dropout: rate: expected 0 to below 1, got " + std::to_string(rate));
    return x.shape();
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(y.size(), kernels::dropout<T>{rate, random, x.data, y.data, false});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(dy.size(), kernels::dropout<T>{rate, random, dy.data, dx.data, true});
  }
};

}  // namespace filigree
