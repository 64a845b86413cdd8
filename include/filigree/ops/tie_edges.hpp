// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// y[e] = (x[e] + x[partner of e]) / 2: gives an edge of an undirected graph and its reverse the
/// same value. x and y are (edges x 1). Throws `shape_error`, and `error` for a directed graph.
template <backend B>
struct tie_edges {
  const graph<B>& of;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    if (!of.is_undirected())
      throw error("tie_edges: graph: expected an undirected one, got a directed one");
    detail::expect_equal("tie_edges: rows of x", of.edges(), x.rows);
    detail::expect_equal("tie_edges: columns of x", 1, x.cols);
    return x.shape();
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.for_each(of.edges(),
                kernels::sum_of_partners<T>{T(0.5), of.partner(), x.data, y.data, false});
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T>,
                gradient<T> dx) const {
    if (dx)
      on.for_each(of.edges(),
                  kernels::sum_of_partners<T>{T(0.5), of.partner(), dy.data, dx.data, true});
  }
};
template <class B>
tie_edges(const graph<B>&) -> tie_edges<B>;

}  // namespace filigree
