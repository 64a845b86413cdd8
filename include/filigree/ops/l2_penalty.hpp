// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/l2.hpp>
#include <filigree/ops/operation.hpp>

namespace filigree {

/// y = by / 2 * sum over rows r of t_r |x_r|^2, (1 x 1). `occurrences` holds rows + 1 offsets, and
/// row r counts t_r = occurrences[r + 1] - occurrences[r] times; if it is null, each row counts
/// once.
struct l2_penalty {
  double by = 1;  ///< factor of the penalty
  const offset* occurrences = nullptr;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>&) const {
    return {1, 1};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.sum(x.rows, kernels::squared_row<T>{x, occurrences}, y.data, by / 2);
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx)
      on.for_each(x.rows, kernels::squared_row_back<T>{x, dy, occurrences, static_cast<T>(by), dx});
  }
};

}  // namespace filigree
