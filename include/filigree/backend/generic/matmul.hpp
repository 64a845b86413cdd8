// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/matmul.hpp>

namespace filigree {

/// Dense times dense: see kernels::matmul_cell for the formula. Any backend; `cpu` has a faster
/// version.
template <backend B, class T>
void matmul_into(const B& on, const kernels::matmul_cell<T>& cell) {
  on.for_each(cell.c.size(), cell);
}

}  // namespace filigree
