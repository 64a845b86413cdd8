// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// c[i] (+)= scale * (op(a) op(b))[i], where op optionally transposes; i indexes the elements of c.
template <class T>
struct matmul_cell {
  static constexpr offset grain = 256;

  matrix_view<const T> a, b;
  matrix_view<T> c;
  bool transpose_a = false, transpose_b = false;
  T scale = 1;
  bool add = false;

  FILIGREE_FN void operator()(offset i) const {
    const offset r = i / c.cols, j = i % c.cols, depth = transpose_a ? a.rows : a.cols;
    T sum = 0;
    for (offset k = 0; k < depth; ++k)
      sum += (transpose_a ? a(k, r) : a(r, k)) * (transpose_b ? b(j, k) : b(k, j));
    c.data[i] = scale * sum + (add ? c.data[i] : T(0));
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
