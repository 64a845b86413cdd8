// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/lower_bound.hpp>

#include <cstdint>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// keys[k] = row * cols + col of entry k, order[k] = k: the input for sorting entries by row.
template <class Index, class Offset>
struct entry_keys {
  const Index *row, *col;
  offset cols;
  std::uint64_t* keys;
  Offset* order;
  FILIGREE_FN void operator()(offset k) const {
    keys[k] = static_cast<std::uint64_t>(row[k]) * static_cast<std::uint64_t>(cols) +
              static_cast<std::uint64_t>(col[k]);
    order[k] = static_cast<Offset>(k);
  }
};

/// column[k] of a sorted entry key.
template <class Index>
struct key_column {
  const std::uint64_t* keys;
  offset cols;
  Index* column;
  FILIGREE_FN void operator()(offset k) const {
    column[k] = static_cast<Index>(keys[k] % static_cast<std::uint64_t>(cols));
  }
};

/// row_begin[r] = the position of the first of the n sorted keys that is in row r or later; for r =
/// 0 ... rows.
template <class Offset, class Key = std::uint64_t>
struct key_row_begin {
  static constexpr offset grain = 512;
  const Key* keys;
  offset n, cols;
  Offset* row_begin;
  FILIGREE_FN void operator()(offset r) const {
    const auto bound = static_cast<Key>(r) * static_cast<Key>(cols);
    row_begin[r] = static_cast<Offset>(lower_bound(keys, n, bound));
  }
};

/// to_begin[r] = how many of the n kept entries, in ascending order, come before row r; for r = 0
/// ... rows.
template <class Offset>
struct kept_before {
  static constexpr offset grain = 512;
  const offset* kept;
  offset n;
  const Offset* row_begin;
  Offset* to_begin;
  FILIGREE_FN void operator()(offset r) const {
    to_begin[r] = static_cast<Offset>(lower_bound(kept, n, static_cast<offset>(row_begin[r])));
  }
};

/// Holds for an entry k > 0 whose key equals the previous one.
struct repeated_key {
  const std::uint64_t* keys;
  FILIGREE_FN bool operator()(offset k) const { return k > 0 && keys[k] == keys[k - 1]; }
};

/// Holds if value k is outside [0, bound).
template <class Index>
struct outside {
  const Index* value;
  offset bound;
  FILIGREE_FN bool operator()(offset k) const { return value[k] < 0 || value[k] >= bound; }
};

/// row[k] = the row that entry k belongs to; row r writes its own entries.
template <class Index, class Offset>
struct expand_rows {
  static constexpr offset grain = 256;
  const Offset* row_begin;
  Index* row;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = row_begin[r], last = row_begin[r + 1];
    for (offset k = first + lanes.rank(); k < last; k += lanes.size())
      row[k] = static_cast<Index>(r);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
