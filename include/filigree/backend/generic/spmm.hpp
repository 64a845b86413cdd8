// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/spmm.hpp>

namespace filigree {

/// Sparse times dense: see kernels::spmm_row for the formula. Any backend; `cpu` has a faster
/// version.
template <backend B, class T, class In, class Out>
void spmm_into(const B& on, const kernels::spmm_row<T, In, Out>& row) {
  on.for_each(row.y.rows, row);
}

/// Sampled dense times dense: see kernels::sddmm_row for the formula.
template <backend B, class T>
void sddmm_into(const B& on, const kernels::sddmm_row<T>& row) {
  on.for_each(row.a.rows, row);
}

/// Both gradients of y = A x: dx pulls along A's backward direction, and dw[e] (+)= <dy[r], x[c]>
/// for each edge e = (r, c).
template <class T>
struct spmm_back {
  kernels::spmm_row<T> dx;      ///< `dx.x` is dy
  pattern_view<> forward;       ///< A's forward direction
  const offset* edge;           ///< the edge id of each entry in the backward direction
  matrix_view<const T> x;       ///< (columns of A x d)
  T* dw;                        ///< one per edge
  bool add;                     ///< adds to dw instead of overwriting it
  const index* rows = nullptr;  ///< as in spmm_row: row i of dy is row rows[i] of A
};

/// Any backend: computes one after the other; `cpu` reads dy once for both.
template <backend B, class T>
void spmm_back_into(const B& on, const spmm_back<T>& k) {
  if (k.rows && !k.add) on.fill(k.dw, k.forward.entries, T(0));
  sddmm_into(on, kernels::sddmm_row<T>{.pattern = k.forward,
                                       .a = k.dx.x,
                                       .b = k.x,
                                       .weight = k.dw,
                                       .add = k.add || k.rows,
                                       .rows = k.rows});
  spmm_into(on, k.dx);
}

}  // namespace filigree
