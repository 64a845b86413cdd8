// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// y[e, :] = a[r, :] + b[c, :] for the edges e = (r, c) of a graph: the score of additive attention
/// in each of h heads. a is (rows x h), b is (cols x h), y is (edges x h). Throws `shape_error`.
template <backend B>
struct sum_ends {
  const graph<B>& of;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& a,
                                      const matrix_view<const T>& b) const {
    detail::expect_equal("sum_ends: rows of a", of.rows(), a.rows);
    detail::expect_equal("sum_ends: rows of b", of.cols(), b.rows);
    detail::expect_equal("sum_ends: columns of b", a.cols, b.cols);
    return {of.edges(), a.cols};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> a,
               matrix_view<const T> b) const {
    on.for_each(of.rows(), kernels::sum_of_ends<T>{of.forward(), a, b, y});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                matrix_view<const T>, gradient<T> da, gradient<T> db) const {
    const auto pull = [&](const pattern_view<>& pattern, gradient<T> d) {
      if (d)
        on.for_each(pattern.rows,
                    kernels::sum_of_edges<T>{pattern, dy.data, nullptr, d.data, true, dy.cols});
    };
    pull(of.forward(), da);
    pull(of.backward(), db);
  }
};
template <class B>
sum_ends(const graph<B>&) -> sum_ends<B>;

}  // namespace filigree
