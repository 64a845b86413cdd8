// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/merge.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = x, stored in type S: rounded if S is narrower. The gradient passes unchanged.
template <class S>
struct convert {
  using stored = S;
  static constexpr bool takes_empty = true;

  [[nodiscard]] static bool passes_gradient() { return true; }

  template <class In>
  [[nodiscard]] filigree::shape shape(const matrix_view<const In>& x) const {
    return x.shape();
  }
  template <backend B, class In>
  void forward(const B& on, matrix_view<S> y, matrix_view<const In> x) const {
    on.for_each(y.size(), kernels::cast_copy<In, S>{x.data, y.data});
  }
  template <backend B, class T, class In>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const S>, matrix_view<const In>,
                gradient<T> dx) const {
    detail::accumulate(on, T(1), dy, dx);
  }
};

}  // namespace filigree
