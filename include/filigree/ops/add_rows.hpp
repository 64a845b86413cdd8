// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/rows.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/row_set.hpp>

namespace filigree {

/// y[s, :] = a[s, :] + x[rows[s], :] for the distinct rows of a set: `add` and `take_rows` in one
/// pass. x is (bound x d), and may be stored in a type of its own; a and y are (rows x d). Throws
/// `shape_error`.
template <backend B>
struct add_rows {
  const row_set<B>& of;
  static constexpr bool takes_empty = true;

  [[nodiscard]] static bool passes_gradient() { return true; }

  template <class T, class In>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const In>& x) const {
    detail::expect_equal("add_rows: rows of a", of.size(), a.rows);
    detail::expect_equal("add_rows: rows of x", of.bound(), x.rows);
    detail::expect_equal("add_rows: columns of x", a.cols, x.cols);
    return a.shape();
  }
  template <class T, class In>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const In> x) const {
    on.for_each(of.size(), kernels::sum_with_row<T, In>{of.rows.data(), a, x, y});
  }
  template <class T, class In>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                matrix_view<const In>, gradient<T> da, gradient<T> dx) const {
    detail::accumulate(on, T(1), dy, da);
    detail::fill_if_empty(on, dx);
    if (dx) on.for_each(of.size(), kernels::add_to_row<T>{of.rows.data(), dy, dx});
  }
};
template <class B>
add_rows(const row_set<B>&) -> add_rows<B>;

}  // namespace filigree
