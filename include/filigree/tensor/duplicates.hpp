// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/backend/generic/runs.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/entries.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/value_limits.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace filigree {

/// How to handle entries with the same row and column: throw an error that names them, or keep
/// their sum, the first one given or the last one given.
enum class duplicates { error, sum, first, last };

/// Entries in row-major order, each (row, col) once. `order[k]` is the input entry that entry k
/// comes from: the last of its duplicates if that one is kept, the first otherwise.
template <class T, backend B, class Offset = offset>
struct merged_keys : sorted_keys<B, Offset> {
  typename B::template buffer<T> value;  ///< one per entry
};

/// Same, with compressed rows.
template <class T, backend B, class Index = index, class Offset = offset>
struct merged_entries : merged_keys<T, B, Offset> {
  typename B::template buffer<Offset> row_begin;  ///< rows + 1
  typename B::template buffer<Index> column;      ///< one per entry
};

/// Sorts n entries by row, then column, and merges duplicates. Throws `range_error` for an entry
/// outside rows x cols, for a sum of integers that T cannot hold and, if the policy says so, for a
/// duplicate entry.
template <class Offset = offset, class T, backend B, class Index>
[[nodiscard]] merged_keys<T, B, Offset> merge_keys(const B& on, const Index* row, const Index* col,
                                                   const T* value, offset n, shape s,
                                                   duplicates policy,
                                                   const std::string& operation) {
  auto sorted = sort_keys<Offset>(on, row, col, n, s, operation);
  const auto found = run_length_encode(on, std::as_const(sorted.keys).data(), n);
  const auto runs = static_cast<offset>(found.keys.size());
  merged_keys<T, B, Offset> out;
  out.value = on.template allocate<T>(runs);
  if (runs == n) {
    on.for_each(n, kernels::gather<T, Offset>{sorted.order.data(), value, out.value.data()});
    out.order = std::move(sorted.order);
    out.keys = std::move(sorted.keys);
    return out;
  }
  const auto place = [&](std::uint64_t key) {
    const auto cols = static_cast<std::uint64_t>(s.cols);
    return "(" + std::to_string(key / cols) + ", " + std::to_string(key % cols) + ")";
  };
  if (policy == duplicates::error) {
    const auto twice = on.select(n, kernels::repeated_key{sorted.keys.data()});
    const auto at = detail::fetch(on, twice.data());
    throw range_error(operation + ": entry " + place(detail::fetch(on, sorted.keys.data() + at)) +
                      ": expected once, got it again as entry " +
                      std::to_string(detail::fetch(on, sorted.order.data() + at)));
  }
  const auto how = policy == duplicates::sum     ? kernels::merge::sum
                   : policy == duplicates::first ? kernels::merge::first
                                                 : kernels::merge::last;
  if (policy == duplicates::sum)
    detail::expect_sums_fit<T>(on, found.begin.data(), runs, std::as_const(sorted.order).data(),
                               value, [&](offset run) {
                                 return operation + ": sum of the entries at " +
                                        place(detail::fetch(on, found.keys.data() + run));
                               });
  out.keys = on.template allocate<std::uint64_t>(runs);
  out.order = on.template allocate<Offset>(runs);
  on.for_each(runs, kernels::merge_run<T, Offset>{found.begin.data(), sorted.keys.data(),
                                                  sorted.order.data(), value, how, out.keys.data(),
                                                  out.order.data(), out.value.data()});
  return out;
}

/// Merges entries like `merge_keys`, and compresses the rows.
template <class Offset = offset, class T, backend B, class Index>
[[nodiscard]] merged_entries<T, B, Index, Offset> merge_entries(const B& on, const Index* row,
                                                                const Index* col, const T* value,
                                                                offset n, shape s,
                                                                duplicates policy,
                                                                const std::string& operation) {
  merged_entries<T, B, Index, Offset> out{
      merge_keys<Offset>(on, row, col, value, n, s, policy, operation), {}, {}};
  compress_rows(on, s, out);
  return out;
}

}  // namespace filigree
