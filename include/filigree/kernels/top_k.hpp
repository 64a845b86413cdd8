// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/sample.hpp>

#include <limits>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// For row u of a block of scores for the items [first, first + cols): removes the items that the
/// user has, and merges the rest into the user's k best so far, ordered by descending score, then
/// ascending id. Blocks must come in ascending order of items. A list is initialized with item -1
/// and score minus infinity. If a score is NaN, best_item(u, 0) becomes -2.
template <class T>
struct top_k_row {
  static constexpr offset grain = 16;

  matrix_view<T> scores;
  index first;
  const index* users;
  item_lists seen;
  matrix_view<index> best_item;
  matrix_view<T> best_score;

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset u, Lanes lanes = {}) const {
    T* const row = scores.row(u);
    const index id = users[u];
    const offset end = seen.begin[id + 1];
    for (offset k = seen.lower_bound(id, first) + lanes.rank();
         k < end && seen.item[k] < first + scores.cols; k += lanes.size())
      row[seen.item[k] - first] = nothing;
    lanes.sync();
    if constexpr (Lanes::size() == 1)
      scan(u, row);
    else
      scan(u, row, lanes);
  }

 private:
  static constexpr T nothing = -std::numeric_limits<T>::infinity();
  static constexpr T too_much = std::numeric_limits<T>::infinity();

  FILIGREE_FN void scan(offset u, const T* row) const {
    constexpr int width = 32;
    const T* const worst = best_score.row(u) + best_score.cols - 1;
    offset j = 0;
    for (; j + width <= scores.cols; j += width) {
      int any = 0;  // NaN counts as a candidate, and is detected below
      for (int l = 0; l < width; ++l) any |= exceeds(row[j + l], *worst);
      if (any)
        for (int l = 0; l < width; ++l) offer(u, j + l, row[j + l]);
    }
    for (; j < scores.cols; ++j) offer(u, j, row[j]);
  }

  FILIGREE_FN void offer(offset u, offset j, T score) const {
    const offset k = best_score.cols;
    T* const s = best_score.row(u);
    index* const i = best_item.row(u);
    if (!exceeds(score, s[k - 1])) return;
    if (is_nan(score)) {  // after which nothing more gets in
      i[0] = -2;
      for (offset n = 0; n < k; ++n) s[n] = too_much;
      return;
    }
    offset at = k - 1;
    for (; at > 0 && s[at - 1] < score; --at) {
      s[at] = s[at - 1];
      i[at] = i[at - 1];
    }
    s[at] = score;
    i[at] = first + static_cast<index>(j);
  }

  template <class Lanes>
  FILIGREE_FN void scan(offset u, const T* row, Lanes lanes) const {
    const T* const worst = best_score.row(u) + best_score.cols - 1;
    T bound = *worst;
    for (offset block = 0; block < scores.cols; block += lanes.size()) {
      const offset j = block + lanes.rank();
      const T score = j < scores.cols ? row[j] : bound;
      if (!lanes.any(exceeds(score, bound))) continue;
      for (offset l = 0; l < lanes.size(); ++l) {
        const T one = lanes.from(l, score);
        if (!exceeds(one, bound)) continue;
        insert(u, block + l, one, lanes);
        bound = *worst;
      }
    }
  }

  /// Does what `offer` does with a score that gets in, the same in all lanes.
  template <class Lanes>
  FILIGREE_FN void insert(offset u, offset j, T score, Lanes lanes) const {
    const offset k = best_score.cols;
    T* const s = best_score.row(u);
    index* const i = best_item.row(u);
    if (is_nan(score)) {
      lanes.sync();
      if (lanes.rank() == 0) i[0] = -2;
      for (offset n = lanes.rank(); n < k; n += lanes.size()) s[n] = too_much;
      lanes.sync();
      return;
    }
    // Each lane fills one place, starting from the end: all lanes read before any lane writes.
    for (offset begin = (k - 1) / lanes.size() * lanes.size(); begin >= 0; begin -= lanes.size()) {
      const offset n = begin + lanes.rank();
      const bool changes = n < k && s[n] < score, moves = changes && n > 0 && s[n - 1] < score;
      const T new_score = moves ? s[n - 1] : score;
      const index new_item = moves ? i[n - 1] : first + static_cast<index>(j);
      lanes.sync();
      if (changes) {
        s[n] = new_score;
        i[n] = new_item;
      }
      lanes.sync();
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
