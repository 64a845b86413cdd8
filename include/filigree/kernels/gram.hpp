// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Row i of X^T X + diagonal * I for a 0/1 matrix X: X^T X counts the rows that two columns share.
template <class T>
struct gram_row {
  static constexpr offset grain = 8;
  pattern_view<> rows, columns;  ///< of X: the columns of each row, the rows of each column
  T diagonal;
  matrix_view<T> out;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    T* const to = out.row(i);
    for (offset j = lanes.rank(); j < out.cols; j += lanes.size()) to[j] = 0;
    if (i % lanes.size() == lanes.rank()) to[i] = diagonal;
    for (offset e = columns.row_begin[i]; e < columns.row_begin[i + 1]; ++e) {
      const offset u = columns.neighbor[e];
      // The columns of a row are distinct, but may recur in the next row in other lanes.
      lanes.sync();
      const offset last = rows.row_begin[u + 1];
      for (offset f = rows.row_begin[u] + lanes.rank(); f < last; f += lanes.size())
        to[rows.neighbor[f]] += 1;
    }
  }
};

/// diagonal[i] = a(i, i)
template <class T>
struct copy_diagonal {
  matrix_view<const T> a;
  T* diagonal;
  FILIGREE_FN void operator()(offset i) const { diagonal[i] = a(i, i); }
};

/// Row i of I - P diag(1 / diag P), overwriting P.
template <class T>
struct ease_row {
  static constexpr offset grain = 8;
  const T* diagonal;
  matrix_view<T> p;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    T* const row = p.row(i);
    for (offset j = lanes.rank(); j < p.cols; j += lanes.size()) row[j] = -row[j] / diagonal[j];
    if (i % lanes.size() == lanes.rank()) row[i] = 0;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
