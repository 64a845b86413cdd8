// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/core/share.hpp>
#include <filigree/kernels/induced.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/row_set.hpp>

#include <bit>
#include <cstdint>
#include <string>
#include <utility>

namespace filigree {

/// The ceil(ratio * rows) rows with the highest scores in each group; scores are compared as
/// floats. The ratio is taken as the shortest decimal that rounds to this float: 0.07f of 100 rows
/// keeps 7. Ties go to the lower row; NaN ranks last. `members` is (groups x rows) with each row in
/// one group; scores are (rows x 1). The same scores give the same rows on every backend. Throws
/// `range_error` for a ratio outside (0, 1], `shape_error`.
template <class T, backend B>
[[nodiscard]] row_set<B> top_rows(const B& on, const graph<B>& members, const matrix<T, B>& score,
                                  float ratio) {
  detail::expect_choice("top_rows: ratio", ratio, ratio > 0 && ratio <= 1, "above 0, at most 1");
  const offset n = members.cols();
  detail::expect_equal("top_rows: members of groups", n, members.edges());
  detail::expect_equal("top_rows: rows of the scores", n, score.rows());
  detail::expect_equal("top_rows: columns of the scores", 1, score.cols());
  const index* const group = members.backward().neighbor;
  auto keys = on.template allocate<std::uint64_t>(n);
  auto order = on.template allocate<index>(n);
  on.for_each(n, kernels::rank_keys<T>{group, score.data(), keys.data(), order.data()});
  const auto bits = 32 + std::bit_width(static_cast<std::uint64_t>(members.rows()));
  on.sort_pairs(keys.data(), order.data(), n, static_cast<int>(bits));
  auto stays = on.template allocate<char>(n);
  const auto decimal = detail::decimal_share_of(ratio);
  on.for_each(n, kernels::first_of_group{order.data(), group, members.forward().row_begin,
                                         decimal.units, decimal.of, stays.data()});
  const auto kept = on.select(n, kernels::row_stays{stays.data()});
  const auto count = static_cast<offset>(kept.size());
  auto rows = on.template allocate<index>(count);
  on.for_each(count, kernels::cast_copy<offset, index>{kept.data(), rows.data()});
  return make_row_set(on, std::as_const(rows).data(), count, n);
}

}  // namespace filigree
