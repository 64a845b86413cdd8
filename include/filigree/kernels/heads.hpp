// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels {

// Heads share the columns of a matrix evenly: head h has columns h * width ... (h + 1) * width - 1.

/// y[r, h] = <x[r, head h], a[head h]>
template <class T>
struct head_dot {
  static constexpr offset grain = 128;
  matrix_view<const T> x;
  const T* a;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset width = x.cols / y.cols;
    for (offset h = 0; h < y.cols; ++h) {
      T sum = 0;
      for (offset j = h * width + lanes.rank(); j < (h + 1) * width; j += lanes.size())
        sum += x(r, j) * a[j];
      sum = lanes.sum(sum);
      if (lanes.rank() == 0) y(r, h) = sum;
    }
  }
};

/// out[r, j] (+)= by[r, head of j] * a[j], a null: x[r, j]
template <class T>
struct head_scale {
  static constexpr offset grain = 128;
  matrix_view<const T> by;
  const T* a;
  matrix_view<const T> x;
  matrix_view<T> out;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset width = out.cols / by.cols;
    for (offset j = lanes.rank(); j < out.cols; j += lanes.size()) {
      const T value = by(r, j / width) * (a ? a[j] : x(r, j));
      out(r, j) = add ? out(r, j) + value : value;
    }
  }
};

/// y[r, j] (+)= sum over the entries k of row r of w[edge(k), head of j] * x[neighbor(k), j]
template <class T>
struct spmm_heads_row {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> w, x;
  matrix_view<T> y;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset width = y.cols / w.cols;
    T* const out = y.row(r);
    if (!add)
      for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) out[j] = 0;
    for (offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k) {
      const T* const from = x.row(a.neighbor[k]);
      const T* const weight = w.row(a.edge_of(k));
      if (lanes.size() == 1) {
        for (offset h = 0; h < w.cols; ++h)
          for (offset j = h * width; j < (h + 1) * width; ++j) out[j] += weight[h] * from[j];
      } else {
        for (offset j = lanes.rank(); j < y.cols; j += lanes.size())
          out[j] += weight[j / width] * from[j];
      }
    }
  }
};

/// dw[edge(k), h] += <dy[r, head h], x[neighbor(k), head h]> for every entry k of row r
template <class T>
struct spmm_heads_weight_back {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> dy, x;
  matrix_view<T> dw;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset width = dy.cols / dw.cols;
    for (offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k)
      for (offset h = 0; h < dw.cols; ++h) {
        T sum = 0;
        for (offset j = h * width + lanes.rank(); j < (h + 1) * width; j += lanes.size())
          sum += dy(r, j) * x(a.neighbor[k], j);
        sum = lanes.sum(sum);
        if (lanes.rank() == 0) dw(a.edge_of(k), h) += sum;
      }
  }
};

}  // namespace filigree::kernels
