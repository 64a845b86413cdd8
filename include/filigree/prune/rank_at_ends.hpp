// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/runs.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <bit>
#include <cstdint>

namespace filigree::detail {

/// Replaces the score of each edge by 1 / its rank among the edges of its row + 1 / its rank among
/// those of its column (reciprocal rank fusion; Cormack et al., 2009), so the best edge of each
/// node ranks above the second-best edge of any. Among equals, the first edge ranks higher; an edge
/// whose gate is 0 comes last.
template <class T, backend B>
void rank_at_ends(const B& on, const graph<B>& g, const matrix<T, B>& gate, matrix<T, B>& score) {
  const offset n = g.edges();
  const auto pattern = g.forward();
  auto open = on.template allocate<T>(n);
  on.for_each(n, kernels::score_of_open<T>{score.data(), gate.data(), open.data()});
  const auto best_first = top_k(on, static_cast<const T*>(open.data()), n, n);
  auto row_of = on.template allocate<index>(n);
  on.for_each(g.rows(), kernels::expand_rows<index, offset>{pattern.row_begin, row_of.data()});

  auto key = on.template allocate<std::uint32_t>(n);
  auto edge = on.template allocate<offset>(n);
  const auto rank = [&](const index* group, offset groups, const offset* begin, bool add) {
    on.copy(best_first.data(), edge.data(), n);
    on.for_each(n, kernels::group_keys{best_first.data(), group, key.data()});
    on.sort_pairs(key.data(), edge.data(), n,
                  static_cast<int>(std::bit_width(static_cast<std::uint64_t>(groups))));
    on.for_each(n, kernels::add_reciprocal_rank<T>{edge.data(), group, begin, add, score.data()});
  };
  rank(row_of.data(), g.rows(), pattern.row_begin, false);
  rank(pattern.neighbor, g.cols(), g.backward().row_begin, true);
}

}  // namespace filigree::detail
