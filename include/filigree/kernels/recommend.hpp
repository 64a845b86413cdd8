// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels {

/// block(i / cols, i % cols) = score[first + i % cols], the same for every user
template <class T>
struct same_scores {
  const T* score;
  index first;
  matrix_view<T> block;
  FILIGREE_FN void operator()(offset i) const { block.data[i] = score[first + i % block.cols]; }
};

/// Row i of g: g(i, j) = how many rows of `columns`' pattern have both i and j, plus `diagonal` where
/// i = j. `rows` and `columns` are the two directions of one pattern.
template <class T>
struct gram_row {
  static constexpr offset grain = 16;
  pattern_view<> rows, columns;
  T diagonal;
  matrix_view<T> g;
  FILIGREE_FN void operator()(offset i) const {
    T* const out = g.row(i);
    for (offset j = 0; j < g.cols; ++j) out[j] = 0;
    for (offset k = columns.row_begin[i]; k < columns.row_begin[i + 1]; ++k) {
      const offset u = columns.neighbor[k];
      for (offset e = rows.row_begin[u]; e < rows.row_begin[u + 1]; ++e)
        out[rows.neighbor[e]] += T(1);
    }
    out[i] += diagonal;
  }
};

/// b(i, j) = -p(i, j) / p(j, j), and 0 on the diagonal: EASE's weights from the inverse p; in place
/// but for the diagonal, which is read from a copy.
template <class T>
struct ease_row {
  static constexpr offset grain = 16;
  const T* diagonal;
  matrix_view<T> p;
  FILIGREE_FN void operator()(offset i) const {
    T* const row = p.row(i);
    for (offset j = 0; j < p.cols; ++j) row[j] = i == j ? T(0) : -row[j] / diagonal[j];
  }
};

/// diagonal[i] = p(i, i)
template <class T>
struct copy_diagonal {
  matrix_view<const T> p;
  T* diagonal;
  FILIGREE_FN void operator()(offset i) const { diagonal[i] = p(i, i); }
};

}  // namespace filigree::kernels
