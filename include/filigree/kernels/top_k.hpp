// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/sample.hpp>

#include <limits>

namespace filigree::kernels {

/// For row u of a block of scores of the items [first, first + cols): takes out what the user has,
/// and merges the rest into the user's k best so far, by score down, then id up. Blocks must come
/// in ascending order of items. A list starts with item -1 and score minus infinity. Should a score
/// be NaN, best_item(u, 0) becomes -2.
template <class T>
struct top_k_row {
  static constexpr offset grain = 16;

  matrix_view<T> scores;
  index first;
  const index* users;
  item_lists seen;
  matrix_view<index> best_item;
  matrix_view<T> best_score;

  FILIGREE_FN void operator()(offset u) const {
    constexpr T nothing = -std::numeric_limits<T>::infinity();
    T* const row = scores.row(u);
    const index id = users[u];
    const offset end = seen.begin[id + 1];
    for (offset k = seen.lower_bound(id, first); k < end && seen.item[k] < first + scores.cols; ++k)
      row[seen.item[k] - first] = nothing;
    constexpr int width = 32;
    const T* const worst = best_score.row(u) + best_score.cols - 1;
    offset j = 0;
    for (; j + width <= scores.cols; j += width) {
      int any = 0;  // NaN counts as a candidate, and is found out below
      for (int l = 0; l < width; ++l) any |= !(row[j + l] <= *worst);
      if (any)
        for (int l = 0; l < width; ++l) offer(u, j + l, row[j + l]);
    }
    for (; j < scores.cols; ++j) offer(u, j, row[j]);
  }

  FILIGREE_FN void offer(offset u, offset j, T score) const {
    const offset k = best_score.cols;
    T* const s = best_score.row(u);
    index* const i = best_item.row(u);
    if (score <= s[k - 1]) return;
    if (score != score) {  // and nothing more gets in
      i[0] = -2;
      for (offset n = 0; n < k; ++n) s[n] = std::numeric_limits<T>::infinity();
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
};

}  // namespace filigree::kernels
