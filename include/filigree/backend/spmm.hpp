// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/spmm.hpp>

namespace filigree {

/// Sparse times dense: see kernels::spmm_row for the formula. Any backend; `cpu` has a faster one.
template <backend B, class T>
void spmm_into(const B& on, const kernels::spmm_row<T>& row) {
  on.for_each(row.y.rows, row);
}

/// Sampled dense times dense: see kernels::sddmm_row for the formula.
template <backend B, class T>
void sddmm_into(const B& on, const kernels::sddmm_row<T>& row) {
  on.for_each(row.a.rows, row);
}

}  // namespace filigree
