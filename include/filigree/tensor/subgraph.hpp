// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/graph.hpp>

namespace filigree {

/// The graph that consists of the edges kept[0] < kept[1] < ... of another: its edge e was edge
/// kept[e]. In an undirected graph, both directions of an edge must be kept; otherwise throws
/// `range_error`.
template <backend B>
[[nodiscard]] graph<B> subgraph(const B& on, const graph<B>& g,
                                const typename B::template buffer<offset>& kept) {
  const auto n = static_cast<offset>(kept.size());
  const auto pattern = g.forward();
  auto row_of = on.template allocate<index>(g.edges());
  on.for_each(g.rows(), kernels::expand_rows<index, offset>{pattern.row_begin, row_of.data()});
  auto row = on.template allocate<index>(n), col = on.template allocate<index>(n);
  on.for_each(n, kernels::gather<index, offset>{kept.data(), row_of.data(), row.data()});
  on.for_each(n, kernels::gather<index, offset>{kept.data(), pattern.neighbor, col.data()});
  if (g.is_undirected()) return graph<B>::symmetric(on, g.rows(), row.data(), col.data(), n);
  return graph<B>(on, {g.rows(), g.cols()}, row.data(), col.data(), n);
}

}  // namespace filigree
