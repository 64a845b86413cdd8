// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/gather.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/row_set.hpp>

namespace filigree {

/// y[k, :] = x[id[k], :] for the list of ids that the set was made from, in its original order and
/// with duplicates; x is (bound x d), y is (ids x d). Backward sums the gradient of each row over
/// its occurrences. Throws `shape_error`.
template <backend B>
struct gather_rows {
  const row_set<B>& of;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_equal("gather_rows: rows of x", of.bound(), x.rows);
    return {of.listed(), x.cols};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(of.listed(), kernels::gather_row<T>{of.view(), x, y, false});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(of.size(), kernels::scatter_add_row<T>{of.view(), dy, dx});
  }
};
template <class B>
gather_rows(const row_set<B>&) -> gather_rows<B>;

}  // namespace filigree
