// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/rows.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/row_set.hpp>

namespace filigree {

/// y[s, :] = x[rows[s], :] for the distinct rows of a set. Unlike in `gather_rows`, no row occurs
/// twice, so backward writes each row once. x may be stored in a type of its own.
template <backend B>
struct take_rows {
  const row_set<B>& of;

  template <class In>
  [[nodiscard]] filigree::shape shape(const matrix_view<const In>& x) const {
    detail::expect_equal("take_rows: rows of x", static_cast<offset>(of.slot.size()), x.rows);
    return {of.size(), x.cols};
  }
  template <class T, class In>
  void forward(const B& on, matrix_view<T> y, matrix_view<const In> x) const {
    on.for_each(of.size(), kernels::copy_row<T, index, In>{of.rows.data(), x, y});
  }
  template <class T, class In>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const In>,
                gradient<T> dx) const {
    if (dx) on.for_each(of.size(), kernels::add_to_row<T>{of.rows.data(), dy, dx});
  }
};
template <class B>
take_rows(const row_set<B>&) -> take_rows<B>;

}  // namespace filigree
