// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/row_set.hpp>
#include <filigree/tensor/entries.hpp>
#include <filigree/tensor/fetch.hpp>

#include <bit>
#include <cstdint>

namespace filigree {

/// The distinct values of a list of row ids, and where each occurs. With it, the gradients of
/// gathered rows can be summed by pulling, without atomics.
template <backend B>
struct row_set {
  typename B::template buffer<index> rows;      ///< distinct ids, ascending
  typename B::template buffer<offset> begin;    ///< rows + 1: the occurrences of rows[s] are
  typename B::template buffer<index> position;  ///< position[begin[s]] ... in the list, ascending
  typename B::template buffer<index> local;     ///< local[k]: position in `rows` of list element k
  typename B::template buffer<index> slot;      ///< slot[id]: position of id in `rows`, or -1

  /// The number of distinct ids.
  [[nodiscard]] offset size() const { return static_cast<offset>(rows.size()); }
  /// The length of the list.
  [[nodiscard]] offset listed() const { return static_cast<offset>(local.size()); }
  /// The exclusive upper bound of the ids.
  [[nodiscard]] offset bound() const { return static_cast<offset>(slot.size()); }
  [[nodiscard]] kernels::grouped_rows view() const {
    return {rows.data(), begin.data(), position.data(), local.data(), slot.data()};
  }
};

namespace detail {
/// Groups n ids by value, with room for room_of(d) rows, where d points to the number of distinct
/// ids on the backend.
template <backend B, class Room>
[[nodiscard]] row_set<B> group_ids(const B& on, const index* id, offset n, offset bound,
                                   const Room& room_of) {
  row_set<B> out;
  auto keys = on.template allocate<std::uint32_t>(n);
  auto run = on.template allocate<index>(n + 1);
  out.position = on.template allocate<index>(n);
  on.for_each(n, kernels::id_keys<>{id, keys.data(), out.position.data()});
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(bound)));
  on.sort_pairs(keys.data(), out.position.data(), n, bits);
  on.for_each(n, kernels::run_starts{keys.data(), run.data()});
  on.scan(run.data(), n);
  const offset room = room_of(run.data() + n);
  out.begin = on.template allocate<offset>(room + 1);
  out.rows = on.template allocate<index>(room);
  out.local = on.template allocate<index>(n);
  out.slot = on.template allocate<index>(bound);
  on.fill(out.slot.data(), bound, index{-1});
  on.for_each(n + 1, kernels::number_runs{keys.data(), out.position.data(), run.data(), n, room,
                                          out.rows.data(), out.begin.data(), out.local.data(),
                                          out.slot.data()});
  return out;
}
}  // namespace detail

/// Groups n ids by value without checking them: each must lie in [0, bound), and n must fit an
/// index. On a backend where the host would have to wait for the number of distinct ids, the set is
/// padded to n rows: the padding rows have id -1, occur nowhere and yield zeros.
template <backend B>
[[nodiscard]] row_set<B> group_rows(const B& on, const index* id, offset n, offset bound) {
  return detail::group_ids(on, id, n, bound,
                           [&](const index* distinct) { return on.count(distinct, n); });
}

/// Groups n ids by value. Throws `range_error` if an id lies outside [0, bound), or if n is too
/// large for an index. Waits for the backend.
template <backend B>
[[nodiscard]] row_set<B> make_row_set(const B& on, const index* id, offset n, offset bound) {
  (void)narrow<index>(n, "row_set: ids");
  detail::expect_within(on, id, n, bound, "row_set: id");
  return detail::group_ids(
      on, id, n, bound, [&](const index* distinct) { return offset{detail::fetch(on, distinct)}; });
}

}  // namespace filigree
