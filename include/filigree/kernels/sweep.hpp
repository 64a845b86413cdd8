// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// Row i of step k of the symmetric sweep (Goodnight, 1979): with v a copy of row k and p = v[k],
/// a_ij -= v_i v_j / p, a_ik = a_ki = v_i / p, a_kk = -1 / p. After all steps, a holds minus its
/// inverse.
template <class T>
struct sweep_row {
  static constexpr offset grain = 8;
  matrix_view<T> a;
  const T* v;
  offset k;
  template <class Lanes = one_lane>
  FILIGREE_FN void operator()(offset i, Lanes lanes = {}) const {
    T* const row = a.row(i);
    const T by = v[i] / v[k];
    const bool at_pivot = k % lanes.size() == lanes.rank();  // the lane that wrote row[k]
    if (i == k) {
      for (offset j = lanes.rank(); j < a.cols; j += lanes.size()) row[j] = v[j] / v[k];
      if (at_pivot) row[k] = -1 / v[k];
      return;
    }
    for (offset j = lanes.rank(); j < a.cols; j += lanes.size()) row[j] -= by * v[j];
    if (at_pivot) row[k] = by;
  }
};

/// pivot[0] = v[k]
template <class T>
struct keep_pivot {
  const T* v;
  offset k;
  T* pivot;
  FILIGREE_FN void operator()(offset) const { pivot[k] = v[k]; }
};

/// Holds for a pivot that is impossible for a positive definite matrix.
template <class T>
struct not_positive {
  const T* pivot;
  FILIGREE_FN bool operator()(offset k) const { return !(pivot[k] > 0); }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
