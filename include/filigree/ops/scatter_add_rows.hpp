// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/gather.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/row_set.hpp>

namespace filigree {

/// y[r, :] = sum of x[k, :] over the k with id[k] == r, for the list of ids that the set was made
/// from: the transpose of `gather_rows`. x is (ids x d), y is (bound x d); a row that is not listed
/// is 0. Sums in list order, without atomics. Throws `shape_error`.
template <backend B>
struct scatter_add_rows {
  const row_set<B>& of;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_equal("scatter_add_rows: rows of x", of.listed(), x.rows);
    return {of.bound(), x.cols};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(of.bound(), kernels::scatter_row<T>{of.view(), x, y});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(of.listed(), kernels::gather_row<T>{of.view(), dy, dx, true});
  }
};
template <class B>
scatter_add_rows(const row_set<B>&) -> scatter_add_rows<B>;

}  // namespace filigree
