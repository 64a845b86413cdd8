// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Holds for an edge whose endpoints both have a slot.
struct both_ends_stay {
  const index *slot, *row, *col;
  FILIGREE_FN bool operator()(offset e) const { return slot[row[e]] >= 0 && slot[col[e]] >= 0; }
};

/// to[k] = slot[node[kept[k]]]
struct renumber {
  const offset* kept;
  const index *node, *slot;
  index* to;
  FILIGREE_FN void operator()(offset k) const { to[k] = slot[node[kept[k]]]; }
};

/// key[k] sorts rows by group, then by score in descending order; order[k] = k. NaN sorts last.
template <class T>
struct rank_keys {
  const index* group;
  const T* score;
  std::uint64_t* key;
  index* order;
  FILIGREE_FN void operator()(offset k) const {
    const auto x = static_cast<float>(score[k]) + 0.0f;  // -0 becomes 0
    std::uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    // Makes unsigned order match the order of floats: negative numbers inverted, others above them.
    const std::uint32_t up = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    const std::uint32_t down = x == x ? ~up : 0xffffffffu;
    key[k] = (static_cast<std::uint64_t>(group[k]) << 32) | down;
    order[k] = static_cast<index>(k);
  }
};

/// stays[order[k]] = whether the row at sorted position k is among the first ceil(ratio * rows) of
/// its group.
struct first_of_group {
  const index *order, *group;
  const offset* begin;  ///< start of each group among the sorted rows
  offset units, of;     ///< the ratio; of = 0: so small that one row stays
  char* stays;
  FILIGREE_FN void operator()(offset k) const {
    const index row = order[k], g = group[row];
    const offset n = begin[g + 1] - begin[g];
    // units has at most nine digits, and n fits 31 bits: the product fits.
    const offset kept = of > 0 ? (units * n + (of - 1)) / of : 1;
    stays[row] = k - begin[g] < kept;
  }
};

/// Holds for a row that stays.
struct row_stays {
  const char* stays;
  FILIGREE_FN bool operator()(offset k) const { return stays[k] != 0; }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
