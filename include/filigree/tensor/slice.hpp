// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/entries.hpp>
#include <filigree/tensor/reordered.hpp>

#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace filigree {

namespace detail {
/// Rows row[0] ... row[n - 1], or first ... first + n - 1 if row is null.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] reordered<csr<T, B, Index, Offset>> slice(const B& on,
                                                        const csr<T, B, Index, Offset>& a,
                                                        const Index* row, offset first, offset n) {
  const auto p = a.pattern();
  // Counted with full-width offsets: repeated rows may add up to more entries than Offset can
  // number.
  auto begin = on.template allocate<offset>(n + 1);
  on.for_each(n, kernels::row_length<Index, Offset>{p.row_begin, row, first, begin.data()});
  on.scan(begin.data(), n);
  const offset entries = fetch(on, begin.data() + n);
  expect_fits<Index, Offset>({n, a.cols()}, entries, "slice_rows");
  auto row_begin = on.template allocate<Offset>(n + 1);
  on.for_each(n + 1, kernels::cast_copy<offset, Offset>{begin.data(), row_begin.data()});
  auto column = on.template allocate<Index>(entries);
  auto value = on.template allocate<T>(entries);
  auto order = on.template allocate<Offset>(entries);
  on.for_each(
      n, kernels::copy_entries<T, Index, Offset>{p, a.values().data, row, first, row_begin.data(),
                                                 column.data(), value.data(), order.data()});
  return {csr<T, B, Index, Offset>({n, a.cols()}, std::move(row_begin), std::move(column),
                                   std::move(value)),
          std::move(order)};
}
}  // namespace detail

/// Rows [first, first + count). Throws `range_error` if any of them is out of range.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] reordered<csr<T, B, Index, Offset>> slice_rows(const B& on,
                                                             const csr<T, B, Index, Offset>& a,
                                                             offset first, offset count) {
  const auto expect = [](const char* what, offset most, offset got) {
    if (got < 0 || got > most)
      throw range_error(std::string("slice_rows: ") + what + ": expected 0 to " +
                        std::to_string(most) + ", got " + std::to_string(got));
  };
  expect("first row", a.rows(), first);
  expect("number of rows", a.rows() - first, count);
  return detail::slice(on, a, static_cast<const Index*>(nullptr), first, count);
}

/// The rows listed in host memory, in that order; a row may be listed more than once. Throws
/// `range_error` for a row out of range.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] reordered<csr<T, B, Index, Offset>> slice_rows(
    const B& on, const csr<T, B, Index, Offset>& a,
    std::span<const std::type_identity_t<Index>> rows) {
  const auto row = on.upload(rows);
  const auto n = static_cast<offset>(rows.size());
  detail::expect_within(on, row.data(), n, a.rows(), "slice_rows: row");
  return detail::slice(on, a, row.data(), 0, n);
}

}  // namespace filigree
