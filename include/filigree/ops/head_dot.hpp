// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/heads.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>

#include <string>

namespace filigree {

/// y[r, h] = <x[r, head h], a[0, head h]>, where `heads` share the columns evenly: what each head
/// of graph attention makes of a node (Velickovic et al., 2018). x is (n x d), a is (1 x d), y is
/// (n x heads). Throws `shape_error`, and `range_error` for heads that do not divide d.
struct head_dot {
  offset heads = 1;  ///< a divisor of the columns

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& a) const {
    detail::expect_equal("head_dot: rows of a", 1, a.rows);
    detail::expect_equal("head_dot: columns of a", x.cols, a.cols);
    if (heads < 1 || x.cols % heads != 0)
      throw range_error("head_dot: heads: expected a divisor of " + std::to_string(x.cols) +
                        " columns, got " + std::to_string(heads));
    return {x.rows, heads};
  }
  template <backend B, class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> a) const {
    on.for_each(y.rows, kernels::head_dot<T>{x, a.data, y});
  }
  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> a, gradient<T> dx, gradient<T> da) const {
    if (dx) on.for_each(dx.rows, kernels::head_scale<T>{dy, a.data, {}, dx, true});
    if (!da) return;
    auto each = on.template allocate<T>(x.size());
    const matrix_view<T> scaled{each.data(), x.rows, x.cols};
    on.for_each(x.rows, kernels::head_scale<T>{dy, nullptr, x, scaled, false});
    detail::column_sums<B, T>(on, scaled, nullptr, da.data);
  }
};

}  // namespace filigree
