// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[r, j] = g * a[r, j] + (1 - g) * b[r, j], where g is g[r, j], or g[r, 0] if g has one column
template <class T>
struct blend_row {
  static constexpr offset grain = 128;
  matrix_view<const T> g, a, b;
  matrix_view<T> y;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const bool one = g.cols == 1;
    for (offset j = lanes.rank(); j < y.cols; j += lanes.size()) {
      const T share = g(r, one ? 0 : j);
      y(r, j) = share * a(r, j) + (1 - share) * b(r, j);
    }
  }
};

/// dg[r, j] += dy[r, j] * (a[r, j] - b[r, j]), summed over j if g has one column
template <class T>
struct blend_share_back {
  static constexpr offset grain = 128;
  matrix_view<const T> dy, a, b;
  matrix_view<T> dg;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    if (dg.cols == dy.cols) {
      for (offset j = lanes.rank(); j < dy.cols; j += lanes.size())
        dg(r, j) += dy(r, j) * (a(r, j) - b(r, j));
      return;
    }
    T sum = 0;
    for (offset j = lanes.rank(); j < dy.cols; j += lanes.size())
      sum += dy(r, j) * (a(r, j) - b(r, j));
    sum = lanes.sum(sum);
    if (lanes.rank() == 0) dg(r, 0) += sum;
  }
};

/// d[r, j] (+)= dy[r, j] times g, or times 1 - g for the other input
template <class T>
struct blend_back {
  static constexpr offset grain = 128;
  matrix_view<const T> dy, g;
  bool other;
  matrix_view<T> d;
  bool add;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset r, Lanes lanes = {}) const {
    const bool one = g.cols == 1;
    for (offset j = lanes.rank(); j < dy.cols; j += lanes.size()) {
      const T share = g(r, one ? 0 : j), value = (other ? 1 - share : share) * dy(r, j);
      d(r, j) = add ? d(r, j) + value : value;
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
