// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// sum[id[k]] += the mean of row k of w; if id is null, sum[k]. No id may occur twice.
template <class T>
struct add_row_mean {
  matrix_view<const T> w;
  const offset* id;
  T* sum;
  FILIGREE_FN void operator()(offset k) const {
    T total = 0;
    for (offset j = 0; j < w.cols; ++j) total += w(k, j);
    sum[id ? id[k] : k] += w.cols == 1 ? total : total / static_cast<T>(w.cols);
  }
};

/// prunable[e] = 0 for edges that are always kept: loops, if `loops`, and edges of nodes >=
/// `nodes`; else 1
template <class T>
struct mark_prunable {
  const index *row, *column;
  bool loops;
  offset nodes;
  T* prunable;
  FILIGREE_FN void operator()(offset e) const {
    const bool lasts = (loops && row[e] == column[e]) || row[e] >= nodes || column[e] >= nodes;
    prunable[e] = lasts ? T(0) : T(1);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
