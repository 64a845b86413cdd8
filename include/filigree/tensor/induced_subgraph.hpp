// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/induced.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/row_set.hpp>

#include <utility>

namespace filigree {

/// The subgraph of a square graph induced by some nodes: node k is rows[k] of the set, whose bound
/// is the number of nodes of the graph. Throws `shape_error`.
template <backend B>
[[nodiscard]] graph<B> induced_subgraph(const B& on, const graph<B>& g, const row_set<B>& nodes) {
  detail::expect_equal("induced_subgraph: columns of the graph", g.rows(), g.cols());
  detail::expect_equal("induced_subgraph: bound of the nodes", g.rows(), nodes.bound());
  const auto pattern = g.forward();
  auto row_of = on.template allocate<index>(g.edges());
  on.for_each(g.rows(), kernels::expand_rows<index, offset>{pattern.row_begin, row_of.data()});
  const index* const slot = nodes.slot.data();
  const index* const from = std::as_const(row_of).data();
  const auto kept = on.select(g.edges(), kernels::both_ends_stay{slot, from, pattern.neighbor});
  const auto n = static_cast<offset>(kept.size());
  auto row = on.template allocate<index>(n), col = on.template allocate<index>(n);
  on.for_each(n, kernels::renumber{kept.data(), from, slot, row.data()});
  on.for_each(n, kernels::renumber{kept.data(), pattern.neighbor, slot, col.data()});
  const auto as_const = [](const auto& b) { return b.data(); };
  if (g.is_undirected())
    return graph<B>::symmetric(on, nodes.size(), as_const(row), as_const(col), n);
  return graph<B>(on, {nodes.size(), nodes.size()}, as_const(row), as_const(col), n);
}

}  // namespace filigree
