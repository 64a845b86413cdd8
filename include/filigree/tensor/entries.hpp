// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/limits.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace filigree {

/// Entries (row, col) in row-major order, encoded as integer keys. `order[k]` is the position of
/// entry k before sorting, by which edge attributes can be permuted.
template <backend B, class Offset = offset>
struct sorted_keys {
  typename B::template buffer<std::uint64_t> keys;  ///< row * cols + column, ascending
  typename B::template buffer<Offset> order;        ///< one per entry
};

/// Same, with compressed rows.
template <backend B, class Index = index, class Offset = offset>
struct sorted_entries : sorted_keys<B, Offset> {
  typename B::template buffer<Offset> row_begin;  ///< rows + 1
  typename B::template buffer<Index> column;      ///< one per entry
};

namespace detail {
/// Throws `range_error` naming the first entry whose `what` is not in [0, bound).
template <backend B, class Index>
void expect_within(const B& on, const Index* value, offset n, offset bound,
                   const std::string& what) {
  const auto bad = on.select(n, kernels::outside<Index>{value, bound});
  if (bad.size() == 0) return;
  const auto at = fetch(on, bad.data());
  const auto got = fetch(on, value + at);
  throw range_error(what + " of entry " + std::to_string(at) + ": expected " +
                    (bound > 0 ? "0 to " + std::to_string(bound - 1) : "none") + ", got " +
                    std::to_string(got));
}
}  // namespace detail

/// Sorts n entries by row, then column; equal entries keep their order. Throws `range_error` if an
/// entry lies outside rows x cols, or if there are too many rows, columns or entries for their
/// types.
template <class Offset = offset, backend B, class Index>
[[nodiscard]] sorted_keys<B, Offset> sort_keys(const B& on, const Index* row, const Index* col,
                                               offset n, shape s, const std::string& operation) {
  detail::expect_fits<Index, Offset>(s, n, operation);
  detail::expect_within(on, row, n, s.rows, operation + ": row");
  detail::expect_within(on, col, n, s.cols, operation + ": column");
  sorted_keys<B, Offset> out{on.template allocate<std::uint64_t>(n),
                             on.template allocate<Offset>(n)};
  auto* const keys = out.keys.data();
  on.for_each(n, kernels::entry_keys<Index, Offset>{row, col, s.cols, keys, out.order.data()});
  on.sort_pairs(keys, out.order.data(), n);
  return out;
}

/// Writes the compressed rows of sorted keys to `out`, which has row_begin and column.
template <backend B, class Entries>
void compress_rows(const B& on, shape s, Entries& out) {
  using Index = std::remove_pointer_t<decltype(out.column.data())>;
  using Offset = std::remove_pointer_t<decltype(out.row_begin.data())>;
  const auto n = static_cast<offset>(out.keys.size());
  const auto* const keys = out.keys.data();
  out.column = on.template allocate<Index>(n);
  out.row_begin = on.template allocate<Offset>(s.rows + 1);
  on.for_each(n, kernels::key_column<Index>{keys, s.cols, out.column.data()});
  on.for_each(s.rows + 1, kernels::key_row_begin<Offset>{keys, n, s.cols, out.row_begin.data()});
}

/// Sorts n entries like `sort_keys`, and compresses the rows.
template <class Offset = offset, backend B, class Index>
[[nodiscard]] sorted_entries<B, Index, Offset> sort_entries(const B& on, const Index* row,
                                                            const Index* col, offset n, shape s,
                                                            const std::string& operation) {
  sorted_entries<B, Index, Offset> out{sort_keys<Offset>(on, row, col, n, s, operation), {}, {}};
  compress_rows(on, s, out);
  return out;
}

}  // namespace filigree
