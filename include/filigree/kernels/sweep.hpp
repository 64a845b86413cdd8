// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels {

/// Row i of the k-th step of the symmetric sweep (Goodnight, 1979): with v a copy of row k and p =
/// v[k], a_ij -= v_i v_j / p, a_ik = a_ki = v_i / p, a_kk = -1 / p. After all steps a is minus its
/// inverse.
template <class T>
struct sweep_row {
  static constexpr offset grain = 8;
  matrix_view<T> a;
  const T* v;
  offset k;
  FILIGREE_FN void operator()(offset i) const {
    T* const row = a.row(i);
    const T by = v[i] / v[k];
    if (i == k) {
      for (offset j = 0; j < a.cols; ++j) row[j] = v[j] / v[k];
      row[k] = -1 / v[k];
      return;
    }
    for (offset j = 0; j < a.cols; ++j) row[j] -= by * v[j];
    row[k] = by;
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

/// Holds for a pivot that a positive definite matrix cannot have.
template <class T>
struct not_positive {
  const T* pivot;
  FILIGREE_FN bool operator()(offset k) const { return !(pivot[k] > 0); }
};

}  // namespace filigree::kernels
