// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/lower_bound.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// out[r] = the number of entries of row r raised to a power; 1 for an empty row.
template <class T>
struct degree_power {
  static constexpr offset grain = 512;
  const offset* row_begin;
  T exponent;
  T* out;
  FILIGREE_FN void operator()(offset r) const {
    const offset n = row_begin[r + 1] - row_begin[r];
    out[r] = n ? std::pow(static_cast<T>(n), exponent) : T(1);
  }
};

/// Finds, for each column j of a 0/1 matrix X, the k other columns i with the largest similarity
/// s_ij = sum over rows r with both of weight[r] / (source[i] target[j] + shrink), ordered by
/// descending similarity, then ascending id; columns that share no row do not count. They are
/// written to positions [j * k, j * k + count[j]) of neighbor and similarity.
///
/// One call works on every `pieces`-th column, with its own scratch space, so that no two calls
/// share anything; columns are interleaved because the popular ones are expensive.
template <class T>
struct nearest_columns {
  static constexpr offset grain = 1;

  pattern_view<> rows, columns;  ///< of X: the columns of each row, the rows of each column
  const T *weight, *source, *target;
  T shrink;
  offset k, pieces;
  T* together;     ///< pieces x columns, zero-initialized
  index* touched;  ///< pieces x columns
  index* neighbor;
  T* similarity;
  offset* count;

  FILIGREE_FN void operator()(offset piece) const {
    for (offset j = piece; j < columns.rows; j += pieces)
      one(j, together + piece * columns.rows, touched + piece * columns.rows);
  }

 private:
  FILIGREE_FN void one(offset j, T* shared, index* met) const {
    offset found = 0;
    for (offset e = columns.row_begin[j]; e < columns.row_begin[j + 1]; ++e) {
      const offset r = columns.neighbor[e];
      const T w = weight[r];
      if (!(w > 0)) continue;  // w underflowed in T; below, 0 means not encountered yet
      for (offset f = rows.row_begin[r]; f < rows.row_begin[r + 1]; ++f) {
        const index i = rows.neighbor[f];
        if (shared[i] == 0) met[found++] = i;
        shared[i] += w;
      }
    }
    offset kept = 0;
    for (offset m = 0; m < found; ++m) {
      const index i = met[m];
      const T s = shared[i] / (source[i] * target[j] + shrink);
      shared[i] = 0;
      if (i != j) offer(j, kept, i, s);
    }
    count[j] = kept;
  }

  FILIGREE_FN void offer(offset j, offset& kept, index i, T s) const {
    index* const id = neighbor + j * k;
    T* const best = similarity + j * k;
    const auto after = [&](offset at) { return best[at] < s || (best[at] == s && id[at] > i); };
    if (kept == k && !after(k - 1)) return;
    offset at = kept < k ? kept++ : k - 1;
    for (; at > 0 && after(at - 1); --at) {
      best[at] = best[at - 1];
      id[at] = id[at - 1];
    }
    best[at] = s;
    id[at] = i;
  }
};

/// Copies the neighbors of column j, found by nearest_columns, to entries (neighbor, j), starting
/// at begin[j].
template <class T>
struct list_neighbors {
  static constexpr offset grain = 64;
  offset k;
  const offset* begin;
  const index* neighbor;
  const T* similarity;
  index *row, *col;
  T* value;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset j, Lanes lanes = {}) const {
    const offset first = begin[j], last = begin[j + 1];
    for (offset at = first + lanes.rank(); at < last; at += lanes.size()) {
      const offset m = j * k + (at - first);
      row[at] = neighbor[m];
      col[at] = static_cast<index>(j);
      value[at] = similarity[m];
    }
  }
};

/// out(b, j) = sum over the items i of user users[b] of w(i, first + j), for a sparse w (items x
/// items).
template <class T>
struct sum_sparse_rows {
  static constexpr offset grain = 4;
  const index* users;
  pattern_view<> items, w;
  const T* value;
  index first;
  matrix_view<T> out;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset b, Lanes lanes = {}) const {
    T* const to = out.row(b);
    for (offset j = lanes.rank(); j < out.cols; j += lanes.size()) to[j] = 0;
    const index u = users[b];
    for (offset e = items.row_begin[u]; e < items.row_begin[u + 1]; ++e) {
      const index i = items.neighbor[e];
      const offset begin = w.row_begin[i], end = w.row_begin[i + 1];
      offset low = begin + lower_bound(w.neighbor + begin, end - begin, first);
      // The columns of a row are distinct, but may recur in the next row in other lanes.
      lanes.sync();
      for (low += lanes.rank(); low < end && w.neighbor[low] - first < out.cols;
           low += lanes.size())
        to[w.neighbor[low] - first] += value[low];
    }
  }
};

/// Same, for a dense w.
template <class T>
struct sum_dense_rows {
  static constexpr offset grain = 4;
  const index* users;
  pattern_view<> items;
  matrix_view<const T> w;
  index first;
  matrix_view<T> out;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset b, Lanes lanes = {}) const {
    T* const to = out.row(b);
    for (offset j = lanes.rank(); j < out.cols; j += lanes.size()) to[j] = 0;
    const index u = users[b];
    for (offset e = items.row_begin[u]; e < items.row_begin[u + 1]; ++e) {
      const T* const from = w.row(items.neighbor[e]) + first;
      for (offset j = lanes.rank(); j < out.cols; j += lanes.size()) to[j] += from[j];
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
