// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/softmax.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// How edges are grouped: by row (the edges that arrive at it) or by column.
enum class edge_group { row, column };

/// y[e, j] = m[e] exp(x[e, j]) / sum of m[f] exp(x[f, j]) over the edges f in e's group: attention
/// over those neighbors of each node that pass the gate m, (edges x 1); without a gate, over all.
/// An edge whose gate is 0 is treated as absent. x and y are (edges x h), with independent columns;
/// each group is shifted by its maximum, so that large scores do not overflow. A group in which no
/// edge passes the gate yields 0 and no gradient. Throws `shape_error`.
template <backend B>
struct edge_softmax {
  const graph<B>& pattern;
  edge_group by = edge_group::row;  ///< the groups whose weights sum to 1

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_equal("edge_softmax: rows of x", pattern.edges(), x.rows);
    return x.shape();
  }
  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& m) const {
    detail::expect_equal("edge_softmax: rows of the gate", pattern.edges(), m.rows);
    detail::expect_equal("edge_softmax: columns of the gate", 1, m.cols);
    return shape(x);
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x,
               matrix_view<const T> m = {}) const {
    on.for_each(groups().rows, kernels::edge_softmax_row<T>{groups(), x, m.data, y});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> x, gradient<T> dx) const {
    backward(on, dy, y, x, {}, dx, {});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> x, matrix_view<const T> m, gradient<T> dx,
                gradient<T> dm) const {
    if (dx || dm)
      on.for_each(groups().rows,
                  kernels::edge_softmax_row_back<T>{groups(), dy, y, x, m.data, dx.data, dm.data});
  }

 private:
  [[nodiscard]] pattern_view<> groups() const {
    return by == edge_group::row ? pattern.forward() : pattern.backward();
  }
};
template <class B>
edge_softmax(const graph<B>&) -> edge_softmax<B>;
template <class B>
edge_softmax(const graph<B>&, edge_group) -> edge_softmax<B>;

}  // namespace filigree
