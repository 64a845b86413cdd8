// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels {

/// y[r, :] (+)= s[r] * x[r, :]
template <class T>
struct weigh_rows {
  static constexpr offset grain = 128;
  const T* s;
  matrix_view<const T> x;
  matrix_view<T> y;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < x.cols; j += lanes.size())
      y(r, j) = add ? y(r, j) + s[r] * x(r, j) : s[r] * x(r, j);
  }
};

/// s[r] += <a[r, :], b[r, :] - c[r, :]>, c null: 0
template <class T>
struct add_row_dots {
  static constexpr offset grain = 128;
  matrix_view<const T> a, b;
  const T* c;
  T* s;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    T sum = 0;
    for (offset j = lanes.rank(); j < a.cols; j += lanes.size())
      sum += a(r, j) * (c ? b(r, j) - c[r * a.cols + j] : b(r, j));
    sum = lanes.sum(sum);
    if (lanes.rank() == 0) s[r] += sum;
  }
};

/// y = g a + (1 - g) b, with one g for each row, or one for each element
template <class T>
struct blend {
  static constexpr offset grain = 128;
  matrix_view<const T> g, a, b;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) {
      const T share = g.cols == 1 ? g(r, 0) : g(r, j);
      y(r, j) = share * a(r, j) + (1 - share) * b(r, j);
    }
  }
};

/// da += g dy, db += (1 - g) dy, and for a g of each element dg += dy (a - b); null: not wanted
template <class T>
struct blend_back {
  static constexpr offset grain = 128;
  matrix_view<const T> g, a, b, dy;
  T *dg, *da, *db;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    for (offset j = lanes.rank(); j < dy.cols; j += lanes.size()) {
      const offset i = r * dy.cols + j;
      const T share = g.cols == 1 ? g(r, 0) : g(r, j);
      if (da) da[i] += share * dy(r, j);
      if (db) db[i] += (1 - share) * dy(r, j);
      if (dg) dg[i] += dy(r, j) * (a(r, j) - b(r, j));
    }
  }
};

}  // namespace filigree::kernels
