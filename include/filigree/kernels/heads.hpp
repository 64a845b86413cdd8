// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/interleaved_sum.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

// The columns of a row are split among heads, `width` consecutive columns each: j belongs to head j
// / width.

/// <a, b> of one head; since a head has few columns, it uses fewer interleaved sums than a whole
/// row.
template <class T, class Lanes = one_lane>
[[nodiscard]] FILIGREE_FN T dot_of_head(const T* a, const T* b, offset width, Lanes lanes = {}) {
  return interleaved_sum<T, 8>(
      width, [=](offset i) { return a[i] * b[i]; }, lanes);
}

/// y[r, h] = <x[r, head h], a[head h]>
template <class T>
struct head_dot_row {
  static constexpr offset grain = 64;
  matrix_view<const T> x;
  const T* a;
  offset width;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset h = 0; h < y.cols; ++h) {
      const T dot = dot_of_head(x.row(r) + h * width, a + h * width, width, lanes);
      if (lanes.rank() == 0) y(r, h) = dot;
    }
  }
};

/// dx[r, j] (+)= dy[r, h] * a[j] for the columns j of each head h
template <class T>
struct head_dot_row_back {
  static constexpr offset grain = 64;
  matrix_view<const T> dy;
  const T* a;
  offset width;
  matrix_view<T> dx;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset h = 0; h < dy.cols; ++h) {
      const T by = dy(r, h);
      for (offset j = h * width + lanes.rank(); j < (h + 1) * width; j += lanes.size())
        dx(r, j) = add ? dx(r, j) + by * a[j] : by * a[j];
    }
  }
};

/// dy[r, h] * x[r, j], to be summed over rows
template <class T>
struct head_dot_term {
  matrix_view<const T> dy, x;
  [[nodiscard]] FILIGREE_FN T operator()(offset r, offset h, offset j) const {
    return dy(r, h) * x(r, j);
  }
};

/// y[r, j] (+)= sum over the entries k of row r of w[edge(k), h] * x[neighbor(k), j] for the
/// columns j of each head h
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
    if constexpr (Lanes::size() == 1) {
      for (offset h = 0, j = 0; h < w.cols; ++h) {
        const offset end = (h + 1) * width;
        for (; j + 16 <= end; j += 16) pull<16>(r, h, j);
        for (; j + 8 <= end; j += 8) pull<8>(r, h, j);
        for (; j < end; ++j) pull<1>(r, h, j);
      }
    } else {
      for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) pull<1>(r, j / width, j);
    }
  }

 private:
  /// Computes n columns of head h, starting at j: few enough that their sums stay in registers.
  template <int n>
  FILIGREE_FN void pull(offset r, offset h, offset j) const {
    T sum[n] = {};
    for (offset k = a.row_begin[r]; k < a.row_begin[r + 1]; ++k) {
      const T by = w(a.edge_of(k), h);
      const T* const from = x.row(a.neighbor[k]) + j;
      for (int i = 0; i < n; ++i) sum[i] += by * from[i];
    }
    T* const out = y.row(r) + j;
    for (int i = 0; i < n; ++i) out[i] = add ? out[i] + sum[i] : sum[i];
  }
};

/// dw[edge(k), h] (+)= <dy[r, head h], x[neighbor(k), head h]> for the entries k of row r
template <class T>
struct spmm_heads_weight_back {
  static constexpr offset grain = 64;
  pattern_view<> a;
  matrix_view<const T> dy, x;
  matrix_view<T> dw;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset width = x.cols / dw.cols, first = a.row_begin[r], last = a.row_begin[r + 1];
    if constexpr (Lanes::size() > 1)
      if (width < lanes.size()) {  // one lane per entry
        for (offset h = 0; h < dw.cols; ++h)
          for (offset k = first + lanes.rank(); k < last; k += lanes.size())
            put(k, h, dot_of_head(dy.row(r) + h * width, x.row(a.neighbor[k]) + h * width, width));
        return;
      }
    for (offset k = first; k < last; ++k)
      for (offset h = 0; h < dw.cols; ++h) {
        const T dot =
            dot_of_head(dy.row(r) + h * width, x.row(a.neighbor[k]) + h * width, width, lanes);
        if (lanes.rank() == 0) put(k, h, dot);
      }
  }

 private:
  FILIGREE_FN void put(offset k, offset h, T dot) const {
    T& out = dw(a.edge_of(k), h);
    out = add ? out + dot : dot;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
