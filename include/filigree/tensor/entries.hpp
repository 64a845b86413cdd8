// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/tensor/limits.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace filigree {

/// Entries (row, col) in row-major order, as compressed rows. `order[k]` is where entry k stood
/// before sorting: it carries edge attributes along.
template <backend B, class Index = index, class Offset = offset>
struct sorted_entries {
  typename B::template buffer<Offset> row_begin;    ///< rows + 1
  typename B::template buffer<Index> column;        ///< one per entry
  typename B::template buffer<Offset> order;        ///< one per entry
  typename B::template buffer<std::uint64_t> keys;  ///< row * cols + column, ascending
};

namespace detail {
/// Throws `range_error` naming the first entry whose `what` is not in [0, bound).
template <backend B, class Index>
void expect_within(const B& on, const Index* value, offset n, offset bound,
                   const std::string& what) {
  const auto bad = on.select(n, kernels::outside<Index>{value, bound});
  if (bad.size() == 0) return;
  offset at = 0;
  on.download(bad, std::span(&at, 1));
  auto one = on.template allocate<Index>(1);
  on.copy(value + at, one.data(), 1);
  Index got{};
  on.download(one, std::span(&got, 1));
  throw range_error(what + " of entry " + std::to_string(at) + ": expected " +
                    (bound > 0 ? "0 to " + std::to_string(bound - 1) : "none") + ", got " +
                    std::to_string(got));
}
}  // namespace detail

/// Sorts n entries by row, then column; equal entries keep their order. Throws `range_error` where
/// an entry lies outside rows x cols, or rows, columns or entries cannot be numbered.
template <class Offset = offset, backend B, class Index>
[[nodiscard]] sorted_entries<B, Index, Offset> sort_entries(const B& on, const Index* row,
                                                            const Index* col, offset n, shape s,
                                                            const std::string& operation) {
  detail::expect_fits<Index, Offset>(s, n, operation);
  detail::expect_within(on, row, n, s.rows, operation + ": row");
  detail::expect_within(on, col, n, s.cols, operation + ": column");
  sorted_entries<B, Index, Offset> out;
  out.keys = on.template allocate<std::uint64_t>(n);
  out.order = on.template allocate<Offset>(n);
  out.column = on.template allocate<Index>(n);
  out.row_begin = on.template allocate<Offset>(s.rows + 1);
  auto* const keys = out.keys.data();
  on.for_each(n, kernels::entry_keys<Index, Offset>{row, col, s.cols, keys, out.order.data()});
  on.sort_pairs(keys, out.order.data(), n);
  on.for_each(n, kernels::key_column<Index>{keys, s.cols, out.column.data()});
  on.for_each(s.rows + 1, kernels::key_row_begin<Offset>{keys, n, s.cols, out.row_begin.data()});
  return out;
}

}  // namespace filigree
