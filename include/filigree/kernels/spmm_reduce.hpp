// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// out[e] (+)= value[e] / degree of row r, for the edges e of row r
template <class T>
struct over_degree {
  static constexpr offset grain = 512;
  pattern_view<> a;
  const T* value;
  T* out;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    for (offset k = first + lanes.rank(); k < last; k += lanes.size()) {
      const offset e = a.edge_of(k);
      const T v = value[e] / static_cast<T>(last - first);
      out[e] = add ? out[e] + v : v;
    }
  }
};

/// y[r, j] = max over entries k of row r with nonzero weight of w[edge(k)] * x[neighbor(k), j], 0
/// for a row without such entries; winner[r, j], if winner is not null, is the first edge that
/// attains it, else -1.
template <class T>
struct spmm_max_row {
  static constexpr offset grain = 64;
  pattern_view<> a;
  const T* weight;
  matrix_view<const T> x;
  matrix_view<T> y;
  offset* winner;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset first = a.row_begin[r], last = a.row_begin[r + 1];
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) {
      T best = 0;
      offset edge = -1;
      for (offset k = first; k < last; ++k) {
        const T w = weight[a.edge_of(k)], value = w * x(a.neighbor[k], j);
        if (w == 0 && value == 0) continue;
        // NaN, once encountered, stays.
        if (edge >= 0 && (value <= best || is_nan(best))) continue;
        best = value;
        edge = a.edge_of(k);
      }
      y(r, j) = best;
      if (winner) winner[r * y.cols + j] = edge;
    }
  }
};

/// dw[e] += sum of dy[r, j] * x[c, j] over the columns j that e won
template <class T>
struct spmm_max_weight_back {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> dy;
  const offset* winner;
  matrix_view<const T> x;
  T* dw;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k) {
      T sum = 0;
      for (offset j = lanes.rank(); j < dy.cols; j += lanes.size())
        if (winner[r * dy.cols + j] == a.edge_of(k)) sum += dy(r, j) * x(a.neighbor[k], j);
      sum = lanes.sum(sum);
      if (lanes.rank() == 0) dw[a.edge_of(k)] += sum;
    }
  }
};

/// dx[c, j] += sum over edges e = (r, c) that won column j of w[e] * dy[r, j]; `a` is the backward
/// direction.
template <class T>
struct spmm_max_back {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> dy;
  const offset* winner;
  const T* weight;
  matrix_view<T> dx;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset c, Lanes lanes = {}) const {
    for (offset k = a.row_begin[c]; k < a.row_begin[c + 1]; ++k) {
      const offset r = a.neighbor[k], e = a.edge_of(k);
      for (offset j = lanes.rank(); j < dy.cols; j += lanes.size())
        if (winner[r * dy.cols + j] == e) dx(c, j) += weight[e] * dy(r, j);
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
