// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/lower_bound.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The items of each user, ascending: begin has users + 1 offsets into item.
struct item_lists {
  const offset* begin = nullptr;
  const index* item = nullptr;
  index items = 0;  ///< in the catalog

  /// The position of the first item of user u that is not less than i.
  [[nodiscard]] FILIGREE_FN offset lower_bound(index u, index i) const {
    return begin[u] + kernels::lower_bound(item + begin[u], begin[u + 1] - begin[u], i);
  }
  [[nodiscard]] FILIGREE_FN bool contains(index u, index i) const {
    const offset at = lower_bound(u, i);
    return at < begin[u + 1] && item[at] == i;
  }
  /// The r-th item, from 0, that user u does not have: uniform over the complement without
  /// rejection if r is uniform.
  [[nodiscard]] FILIGREE_FN index missing(index u, offset r) const {
    offset low = begin[u], high = begin[u + 1];
    while (low < high) {  // the first of the user's items preceded by more than r missing ones
      const offset middle = low + (high - low) / 2;
      if (item[middle] - (middle - begin[u]) <= r)
        low = middle + 1;
      else
        high = middle;
    }
    return static_cast<index>(r + (low - begin[u]));
  }
};

/// Draws triple b of a batch: its user, positive and negatives, as node ids (items come after the
/// users), and writes it to the list described by kernels::triple_rows.
struct sample_triple {
  static constexpr offset grain = 256;

  item_lists seen;
  const index* user_of;  ///< of each interaction
  const offset* order;   ///< order of interactions in the epoch; null: draws a user, then an item
  const index* active;   ///< users with items, for drawing by user
  offset active_users, interactions, users;
  offset first, count, negatives;
  bool by_popularity;
  philox random;
  index* out;

  FILIGREE_FN void operator()(offset b) const {
    constexpr offset tries = 32;  // rejections before the exact draw takes over
    const offset stride = 2 + negatives * (tries + 1);
    auto counter = static_cast<std::uint64_t>((first + b) * stride);
    index u, i;
    if (order) {
      const offset k = order[first + b];
      u = user_of[k];
      i = seen.item[k];
    } else {
      u = active[random.below(counter, active_users)];
      i = seen.item[seen.begin[u] + random.below(counter + 1, seen.begin[u + 1] - seen.begin[u])];
    }
    counter += 2;
    out[b] = u;
    out[count + b] = static_cast<index>(users + i);
    const offset free = seen.items - (seen.begin[u + 1] - seen.begin[u]);
    for (offset n = 0; n < negatives; ++n, counter += tries + 1) {
      index j = -1;
      if (by_popularity)
        for (offset t = 0; t < tries && j < 0; ++t) {
          const index candidate =
              seen.item[random.below(counter + static_cast<std::uint64_t>(t), interactions)];
          if (!seen.contains(u, candidate)) j = candidate;
        }
      if (j < 0) j = seen.missing(u, random.below(counter + tries, free));
      out[2 * count + b * negatives + n] = static_cast<index>(users + j);
    }
  }
};

/// keys[k] = random bits of k, order[k] = k: sorting by key shuffles.
struct shuffle_keys {
  philox random;
  std::uint32_t* keys;
  offset* order;
  FILIGREE_FN void operator()(offset k) const {
    keys[k] = static_cast<std::uint32_t>(random.bits(static_cast<std::uint64_t>(k)));
    order[k] = k;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
