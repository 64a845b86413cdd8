// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/dot.hpp>
#include <filigree/kernels/lanes.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The layout of the rows of a batch of triples: local[k] for k < count is a user, followed by
/// `count` positives, then `count * negatives` negatives, grouped by triple.
struct triple_rows {
  const index* local = nullptr;
  offset count = 0, negatives = 1;

  [[nodiscard]] FILIGREE_FN offset user(offset b) const { return local[b]; }
  [[nodiscard]] FILIGREE_FN offset positive(offset b) const { return local[count + b]; }
  [[nodiscard]] FILIGREE_FN offset negative(offset b, offset n) const {
    return local[2 * count + b * negatives + n];
  }
};

/// log(1 + sum over n of exp(s_un - s_ui)) of triple b; stable for large scores. `odds`, if not
/// null, receives its derivatives with respect to s_un: the probability of each negative.
template <class T>
struct bpr_term {
  static constexpr offset grain = 64;
  triple_rows rows;
  matrix_view<const T> x;
  T* odds = nullptr;

  template <class Lanes = one_lane>
  FILIGREE_FN T operator()(offset b, Lanes lanes = {}) const {
    const T* const u = x.row(rows.user(b));
    const T positive = dot(u, x.row(rows.positive(b)), x.cols, lanes);
    // A running log-sum-exp that starts with exp(0): exp(largest) * (1 + rest).
    T largest = 0, rest = 0;
    for (offset n = 0; n < rows.negatives; ++n) {
      const T z = dot(u, x.row(rows.negative(b, n)), x.cols, lanes) - positive;
      // Written by the lane that reads it below.
      if (odds && n % lanes.size() == lanes.rank()) odds[b * rows.negatives + n] = z;
      if (z > largest) {
        rest = (rest + 1) * std::exp(largest - z);
        largest = z;
      } else {
        rest += std::exp(z - largest);
      }
    }
    const T tail = std::log1p(rest);
    if (odds)
      for (offset n = lanes.rank(); n < rows.negatives; n += lanes.size()) {
        T& odd = odds[b * rows.negatives + n];
        odd = std::exp(odd - largest - tail);
      }
    return largest + tail;
  }
};

/// Computes the odds of triple b, as a kernel.
template <class T>
struct bpr_odds {
  static constexpr offset grain = 64;
  bpr_term<T> term;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset b, Lanes lanes = {}) const {
    (void)term(b, lanes);
  }
};

/// dx[s, :] += the gradient of dy / count * (sum of the terms) with respect to row s, pulled from
/// the row's occurrences; padding has none.
template <class T>
struct bpr_row_back {
  static constexpr offset grain = 64;
  triple_rows rows;
  const offset* begin;    ///< start of the occurrences of each row
  const index* position;  ///< position of each occurrence in the list of triples
  const T* odds;
  matrix_view<const T> x, dy;
  matrix_view<T> dx;

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset s, Lanes lanes = {}) const {
    const T by = dy(0, 0) / static_cast<T>(rows.count);
    T* const out = dx.row(s);
    for (offset k = begin[s]; k < begin[s + 1]; ++k) {
      const offset at = position[k];
      if (at >= 2 * rows.count) {
        const offset e = at - 2 * rows.count;
        add(out, by * odds[e], x.row(rows.user(e / rows.negatives)), lanes);
        continue;
      }
      const offset b = at < rows.count ? at : at - rows.count;
      T all = 0;
      for (offset n = lanes.rank(); n < rows.negatives; n += lanes.size())
        all += odds[b * rows.negatives + n];
      all = lanes.sum(all);
      if (at >= rows.count) {
        add(out, -by * all, x.row(rows.user(b)), lanes);
        continue;
      }
      add(out, -by * all, x.row(rows.positive(b)), lanes);
      for (offset n = 0; n < rows.negatives; ++n)
        add(out, by * odds[b * rows.negatives + n], x.row(rows.negative(b, n)), lanes);
    }
  }

  template <class Lanes>
  FILIGREE_FN void add(T* out, T a, const T* row, Lanes lanes) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size()) out[j] += a * row[j];
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
