// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/nonlinearity.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[e] = base[e] * sigma(y[e] / t), in place; a null base means 1
template <class T>
struct squash_score {
  const T* base;
  T by;  ///< 1 / t
  T* y;
  FILIGREE_FN void operator()(offset e) const {
    const T a = sigmoid_of(by * y[e]);
    y[e] = base ? base[e] * a : a;
  }
};

/// d[e] = dL / d score of edge e, for y = base * sigma(score / t)
template <class T>
struct squash_score_back {
  const T *dy, *y, *base;
  T by;  ///< 1 / t
  T* d;
  FILIGREE_FN void operator()(offset e) const {
    const T share = base ? y[e] / (base[e] == 0 ? T(1) : base[e]) : y[e];
    d[e] = dy[e] * y[e] * (1 - share) * by;
  }
};

/// y[e] (+)= by * (x[e] + x[partner[e]])
template <class T>
struct sum_of_partners {
  T by;
  const offset* partner;
  const T* x;
  T* y;
  bool add;
  FILIGREE_FN void operator()(offset e) const {
    const T sum = by * (x[e] + x[partner[e]]);
    y[e] = add ? y[e] + sum : sum;
  }
};

/// y[e, j] = a[r, j] + b[c, j] for the edges e = (r, c) of row r
template <class T>
struct sum_of_ends {
  static constexpr offset grain = 256;
  pattern_view<> pattern;
  matrix_view<const T> a, b;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset last = pattern.row_begin[r + 1];
    for (offset k = pattern.row_begin[r] + lanes.rank(); k < last; k += lanes.size()) {
      const offset e = pattern.edge_of(k), c = pattern.neighbor[k];
      for (offset j = 0; j < y.cols; ++j) y(e, j) = a(r, j) + b(c, j);
    }
  }
};

/// y[r, j] (+)= sum over the entries k of row r of x[edge(k), j], times z[edge(k), j] if z is not
/// null, for j < columns
template <class T>
struct sum_of_edges {
  static constexpr offset grain = 256;
  pattern_view<> pattern;
  const T *x, *z;
  T* y;
  bool add;
  offset columns = 1;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset last = pattern.row_begin[r + 1];
    for (offset j = 0; j < columns; ++j) {
      T sum = 0;
      for (offset k = pattern.row_begin[r] + lanes.rank(); k < last; k += lanes.size()) {
        const offset e = pattern.edge_of(k) * columns + j;
        sum += z ? x[e] * z[e] : x[e];
      }
      sum = lanes.sum(sum);
      T& out = y[r * columns + j];
      if (lanes.rank() == 0) out = add ? out + sum : sum;
    }
  }
};

/// The factor by which the weight of an edge (r, c) is scaled down by the weighted degrees of its
/// endpoints: 1 / sqrt(out[r] in[c]), or 1 / out[r] if `in` is null; 0 if a degree is 0.
template <class T>
struct degree_factor {
  const T *out, *in;
  [[nodiscard]] FILIGREE_FN T of(offset r, offset c) const {
    const T degrees = in ? std::sqrt(out[r]) * std::sqrt(in[c]) : out[r];
    return degrees == 0 ? T(0) : 1 / degrees;
  }
};

/// y[e] = w[e] * factor of (r, c) for the edges e = (r, c) of row r
template <class T>
struct scale_by_degrees {
  static constexpr offset grain = 256;
  pattern_view<> pattern;
  degree_factor<T> factor;
  const T* w;
  T* y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset last = pattern.row_begin[r + 1];
    for (offset k = pattern.row_begin[r] + lanes.rank(); k < last; k += lanes.size())
      y[k] = w[k] * factor.of(r, pattern.neighbor[k]);
  }
};

/// dw[e] += dy[e] * factor of (r, c), minus the contribution through the degrees: with s = sum of
/// dy y over the edges of a node and D its degree, share * (s[r] / D[r] + s[c] / D[c]). If the sums
/// are null, the degrees are constants.
template <class T>
struct scale_by_degrees_back {
  static constexpr offset grain = 256;
  pattern_view<> pattern;
  degree_factor<T> factor;
  const T *dy, *row_sum, *column_sum;
  T share;  ///< 1/2 for symmetric, 1 for row
  T* dw;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const offset last = pattern.row_begin[r + 1];
    for (offset k = pattern.row_begin[r] + lanes.rank(); k < last; k += lanes.size()) {
      const offset c = pattern.neighbor[k];
      T d = dy[k] * factor.of(r, c);
      if (row_sum && factor.out[r] != 0) d -= share * row_sum[r] / factor.out[r];
      if (column_sum && factor.in[c] != 0) d -= share * column_sum[c] / factor.in[c];
      dw[k] += d;
    }
  }
};

/// Holds for a number that is negative or NaN.
template <class T>
struct not_a_weight {
  const T* value;
  FILIGREE_FN bool operator()(offset e) const { return !(value[e] >= 0); }
};

/// y[i] = b m[i] + (1 - b) x[i]; if m is null, x[i]
template <class T>
struct moving_average {
  T b;
  const T *m, *x;
  T *y, *kept;
  FILIGREE_FN void operator()(offset i) const {
    y[i] = m ? b * m[i] + (1 - b) * x[i] : x[i];
    kept[i] = y[i];
  }
};

/// y[i] (+)= x[i] - mean
template <class T>
struct subtract_mean {
  const T *x, *mean;
  T* y;
  bool add;
  FILIGREE_FN void operator()(offset i) const {
    const T value = x[i] - *mean;
    y[i] = add ? y[i] + value : value;
  }
};

/// y[e] = 1 / sqrt(*total) where the gate is open, else 0: after multiplication by y, the sum of
/// squares is a mean.
template <class T>
struct root_of_share {
  const T *gate, *total;
  T* y;
  FILIGREE_FN void operator()(offset e) const {
    y[e] = gate[e] == 0 ? T(0) : 1 / std::sqrt(*total);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
