// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[r, :] (+)= scale * sum over entries k of row r of w[edge(k)] * x[neighbor(k), :]; if `rows`
/// selects rows, those of -1 are padding without entries. T is the type of weights and sums, In
/// that of x, Out that of y.
template <class T, class In = T, class Out = T>
struct spmm_row {
  static constexpr offset grain = 64;

  pattern_view<> a{};
  const T* weight = nullptr;  ///< one per edge id; null: all 1
  matrix_view<const In> x{};
  matrix_view<Out> y{};
  T scale = 1;
  bool add = false;             ///< adds to y instead of overwriting it
  const index* rows = nullptr;  ///< row i of y is row rows[i] of the pattern; null: row i
  const index* slot = nullptr;  ///< neighbor c is row slot[c] of x, absent if negative; null: row c

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset r = rows ? rows[i] : i;
    const offset first = r < 0 ? 0 : a.row_begin[r], last = r < 0 ? 0 : a.row_begin[r + 1];
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) {
      T sum = add ? static_cast<T>(y(i, j)) : T(0);
      for (offset k = first; k < last; ++k) {
        const offset c = slot ? slot[a.neighbor[k]] : a.neighbor[k];
        if (c < 0) continue;
        const T w = scale * (weight ? weight[a.edge_of(k)] : T(1));
        sum += w * static_cast<T>(x(c, j));
      }
      y(i, j) = static_cast<Out>(sum);
    }
  }
};

/// w[edge(k)] (+)= <a[r, :], b[neighbor(k), :]> for every entry k of row r; rows of -1 are
/// padding
template <class T>
struct sddmm_row {
  static constexpr offset grain = 64;

  pattern_view<> pattern{};
  matrix_view<const T> a{}, b{};
  T* weight = nullptr;
  bool add = false;
  const index* rows = nullptr;  ///< as in spmm_row: row i of a is row rows[i] of the pattern

  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    const offset r = rows ? rows[i] : i;
    if (r < 0) return;
    for (offset k = pattern.row_begin[r]; k < pattern.row_begin[r + 1]; ++k) {
      T sum = 0;
      for (offset j = lanes.rank(); j < a.cols; j += lanes.size())
        sum += a(i, j) * b(pattern.neighbor[k], j);
      sum = lanes.sum(sum);
      T& out = weight[pattern.edge_of(k)];
      if (lanes.rank() == 0) out = add ? out + sum : sum;
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
