// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/random.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>

#include <cmath>
#include <cstdint>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// score[i] += |g|, or -g if `sign` is set; g = d[i] w[i], which for a gate is the gradient d[i]
/// itself. Both partners get the score of their common gate.
template <class T>
struct add_saliency {
  const T *d, *w;         ///< w null: 1
  const offset* partner;  ///< null: none
  bool sign;
  T* score;
  FILIGREE_FN void operator()(offset i) const {
    T g = partner && partner[i] != i ? d[i] + d[partner[i]] : d[i];
    if (w) g *= w[i];
    score[i] += sign ? -g : std::abs(g);
  }
};

/// x[i] = |x[i]|
template <class T>
struct absolute {
  T* x;
  FILIGREE_FN void operator()(offset i) const { x[i] = std::abs(x[i]); }
};

/// score[i] = |w[i]|; for partners, the sum of both
template <class T>
struct magnitude_score {
  const T* w;
  const offset* partner;  ///< null: none
  T* score;
  FILIGREE_FN void operator()(offset i) const {
    const T other = partner && partner[i] != i ? std::abs(w[partner[i]]) : T(0);
    score[i] = std::abs(w[i]) + other;
  }
};

/// score[i] = a uniform random number, the same for partners
template <class T>
struct random_score {
  philox random;
  const offset* partner;  ///< null: none
  T* score;
  FILIGREE_FN void operator()(offset i) const {
    const offset first = partner && partner[i] < i ? partner[i] : i;
    score[i] = static_cast<T>(random.uniform(static_cast<std::uint64_t>(first)));
  }
};

/// score[i] = by(w[i], score[i])
template <class By, class T>
struct own_score {
  By by;
  const T* w;
  T* score;
  FILIGREE_FN void operator()(offset i) const { score[i] = by(w[i], score[i]); }
};

/// A matrix divided into units of r x c adjacent elements, numbered row by row; those at the bottom
/// and right edges may be smaller.
struct unit_grid {
  offset rows = 0, cols = 0, r = 1, c = 1;

  [[nodiscard]] FILIGREE_FN offset across() const { return (cols + c - 1) / c; }
  [[nodiscard]] FILIGREE_FN offset count() const { return (rows + r - 1) / r * across(); }
  [[nodiscard]] FILIGREE_FN offset unit_of(offset i) const {
    return i / cols / r * across() + i % cols / c;
  }
};

/// unit[u] = the sum of the scores of the open elements of unit u, -infinity if none is open
template <class T>
struct unit_score {
  static constexpr offset grain = 256;
  unit_grid grid;
  const T *score, *gate;
  T* unit;
  FILIGREE_FN void operator()(offset u) const {
    const offset top = u / grid.across() * grid.r, left = u % grid.across() * grid.c;
    T sum = 0, open = 0;
    for (offset i = top; i < top + grid.r && i < grid.rows; ++i)
      for (offset j = left; j < left + grid.c && j < grid.cols; ++j) {
        const T passes = gate[i * grid.cols + j];
        if (passes != 0) sum += score[i * grid.cols + j];
        open += passes;
      }
    unit[u] = open == 0 ? -static_cast<T>(INFINITY) : sum;
  }
};

/// gate[i] = keep[unit of i]; for a pair, that of its first edge
template <class T>
struct spread_units {
  unit_grid grid;
  const offset* partner;  ///< null: none
  const T* keep;
  T* gate;
  FILIGREE_FN void operator()(offset i) const {
    gate[i] = keep[grid.unit_of(partner && partner[i] < i ? partner[i] : i)];
  }
};

/// unit[i] = -infinity for the second edge of a pair, so that each pair is chosen once
template <class T>
struct hide_second {
  const offset* partner;
  T* unit;
  FILIGREE_FN void operator()(offset e) const {
    if (partner[e] < e) unit[e] = -static_cast<T>(INFINITY);
  }
};

/// Holds once for each prunable pair of edges, and for a prunable loop.
template <class T>
struct first_of_prunable {
  const offset* partner;  ///< null: none
  const T* prunable;      ///< null: all are prunable
  FILIGREE_FN bool operator()(offset e) const {
    return (!partner || partner[e] >= e) && (!prunable || prunable[e] != 0);
  }
};

/// x[at[k]] = value
template <class T>
struct set_at {
  const offset* at;
  T value;
  T* x;
  FILIGREE_FN void operator()(offset k) const { x[at[k]] = value; }
};

/// Sets the gates of each m adjacent elements of a row, or of a column if `down`: 1 for the n
/// highest scores, ties going to the first; -infinity is never kept.
template <class T>
struct keep_n_of_m {
  offset rows, cols, n, m;
  bool down;
  const T* score;
  T* gate;
  [[nodiscard]] FILIGREE_FN offset length() const { return down ? rows : cols; }
  [[nodiscard]] FILIGREE_FN offset across() const { return (length() + m - 1) / m; }
  [[nodiscard]] FILIGREE_FN offset count() const { return (down ? cols : rows) * across(); }
  FILIGREE_FN void operator()(offset group) const {
    const offset line = group / across(), begin = group % across() * m;
    const offset step = down ? cols : 1, first = line * (down ? 1 : cols) + begin * step;
    const offset width = length() - begin, size = m < width ? m : width;
    for (offset i = 0; i < size; ++i) {
      const T own = score[first + i * step];
      offset better = 0;
      for (offset j = 0; j < size; ++j) {
        const T other = score[first + j * step];
        better += other > own || (other == own && j < i);
      }
      gate[first + i * step] = better < n && own > -static_cast<T>(INFINITY) ? T(1) : T(0);
    }
  }
};

/// Holds if x[i] is at least `least`.
template <class T>
struct at_least {
  const T* x;
  T least;
  FILIGREE_FN bool operator()(offset i) const { return x[i] >= least; }
};

/// For pruned elements: which gates are closed, and their scores |sum of the gradients|.
template <class T>
struct pruned_scores {
  const T *sum, *gate;
  T *closed, *score;
  FILIGREE_FN void operator()(offset i) const {
    closed[i] = gate[i] == 0 ? T(1) : T(0);
    score[i] = std::abs(sum[i]);
  }
};

/// gate[i] = 1 for an edge that is always kept; otherwise 0 if it was not open, unless it may
/// regrow
template <class T>
struct settle_gate {
  const T *open, *prunable;  ///< null prunable: all are prunable
  bool grows;
  T* gate;
  FILIGREE_FN void operator()(offset i) const {
    if (prunable && prunable[i] == 0)
      gate[i] = 1;
    else if (!grows)
      gate[i] *= open[i];
  }
};

/// row[i] = the row of element[i * cols], where elements come in whole rows of `cols` columns
struct row_of_first {
  const offset* element;
  offset cols;
  offset* row;
  FILIGREE_FN void operator()(offset i) const { row[i] = element[i * cols] / cols; }
};

/// x[i] = score[i], -infinity for pruned elements
template <class T>
struct score_of_open {
  const T *score, *gate;
  T* x;
  FILIGREE_FN void operator()(offset i) const {
    x[i] = gate[i] == 0 ? -static_cast<T>(INFINITY) : score[i];
  }
};

/// key[k] = group of element[k]
struct group_keys {
  const offset* element;
  const index* group;
  std::uint32_t* key;
  FILIGREE_FN void operator()(offset k) const {
    key[k] = static_cast<std::uint32_t>(group[element[k]]);
  }
};

/// Elements are sorted by group, each group starting at begin[group], and from best to worst within
/// a group: score[e] (+)= 1 / rank of e within its group, from 1.
template <class T>
struct add_reciprocal_rank {
  const offset* element;
  const index* group;
  const offset* begin;
  bool add;
  T* score;
  FILIGREE_FN void operator()(offset k) const {
    const offset e = element[k];
    const T worth = T(1) / static_cast<T>(k - begin[group[e]] + 1);
    score[e] = add ? score[e] + worth : worth;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
