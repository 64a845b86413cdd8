// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/entries.hpp>

#include <cstdint>

namespace filigree {

namespace kernels {
/// keys[k] = id[k], position[k] = k
struct id_keys {
  const index* id;
  std::uint32_t* keys;
  index* position;
  FILIGREE_FN void operator()(offset k) const {
    keys[k] = static_cast<std::uint32_t>(id[k]);
    position[k] = static_cast<index>(k);
  }
};
/// For run s: its row, and the local number s for each of its members and in `slot`.
struct number_runs {
  static constexpr offset grain = 512;
  const std::uint32_t* keys;
  const index* position;
  const offset* begin;
  index *rows, *local, *slot;
  FILIGREE_FN void operator()(offset s) const {
    const auto row = static_cast<index>(keys[begin[s]]);
    rows[s] = row;
    slot[row] = static_cast<index>(s);
    for (offset k = begin[s]; k < begin[s + 1]; ++k) local[position[k]] = static_cast<index>(s);
  }
};
}  // namespace kernels

/// The distinct values of a list of row ids, and where each occurs: what lets the gradients of
/// gathered rows be summed by pulling, without atomics.
template <backend B>
struct row_set {
  typename B::template buffer<index> rows;      ///< distinct ids, ascending
  typename B::template buffer<offset> begin;    ///< rows + 1: the occurrences of rows[s] are
  typename B::template buffer<index> position;  ///< position[begin[s]] ... in the list, ascending
  typename B::template buffer<index> local;  ///< local[k]: which of `rows` element k of the list is
  typename B::template buffer<index> slot;   ///< slot[id]: which of `rows` it is, or -1

  /// How many distinct ids there are.
  [[nodiscard]] offset size() const { return static_cast<offset>(rows.size()); }
  /// How many ids the list has.
  [[nodiscard]] offset listed() const { return static_cast<offset>(local.size()); }
  /// What every id is below.
  [[nodiscard]] offset bound() const { return static_cast<offset>(slot.size()); }
  [[nodiscard]] kernels::grouped_rows view() const {
    return {rows.data(), begin.data(), position.data(), local.data(), slot.data()};
  }
};

/// Groups n ids by value. Throws `range_error` where an id lies outside [0, bound), or where n is
/// too large for an index.
template <backend B>
[[nodiscard]] row_set<B> make_row_set(const B& on, const index* id, offset n, offset bound) {
  (void)narrow<index>(n, "row_set: ids");
  detail::expect_within(on, id, n, bound, "row_set: id");
  row_set<B> out;
  auto keys = on.template allocate<std::uint32_t>(n);
  out.position = on.template allocate<index>(n);
  on.for_each(n, kernels::id_keys{id, keys.data(), out.position.data()});
  on.sort_pairs(keys.data(), out.position.data(), n);
  const auto heads = on.select(n, kernels::first_of_key<std::uint32_t>{keys.data()});
  const auto distinct = static_cast<offset>(heads.size());
  out.begin = on.template allocate<offset>(distinct + 1);
  on.copy(heads.data(), out.begin.data(), distinct);
  on.fill(out.begin.data() + distinct, 1, n);
  out.rows = on.template allocate<index>(distinct);
  out.local = on.template allocate<index>(n);
  out.slot = on.template allocate<index>(bound);
  on.fill(out.slot.data(), bound, index{-1});
  on.for_each(distinct, kernels::number_runs{keys.data(), out.position.data(), out.begin.data(),
                                             out.rows.data(), out.local.data(), out.slot.data()});
  return out;
}

}  // namespace filigree
