// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/softmax.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// Which edges belong together: those of one row (that arrive at it), or those of one column.
enum class edge_group { row, column };

/// y[e, j] = exp(x[e, j]) / sum of exp(x[f, j]) over the edges f in e's group: attention over the
/// neighbors of each node. x and y are (edges x h), each column on its own; each group is shifted
/// by its maximum, so that large scores do not overflow. Throws `shape_error`.
template <backend B>
struct edge_softmax {
  const graph<B>& pattern;
  edge_group by = edge_group::row;  ///< whose weights sum to 1

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_equal("edge_softmax: rows of x", pattern.edges(), x.rows);
    return x.shape();
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(groups().rows, kernels::edge_softmax_row<T>{groups(), x, y});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx) on.for_each(groups().rows, kernels::edge_softmax_row_back<T>{groups(), dy, y, dx});
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
