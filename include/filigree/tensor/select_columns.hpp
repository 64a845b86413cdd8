// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/columns.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// The columns id[0], id[1], ... of a matrix, in that order. The ids must be columns of it.
template <class T, backend B>
[[nodiscard]] matrix<T, B> select_columns(const B& on, const matrix<T, B>& m,
                                          const typename B::template buffer<offset>& id) {
  matrix<T, B> out(on, {m.rows(), static_cast<offset>(id.size())});
  on.for_each(out.rows(), kernels::copy_columns<T>{id.data(), m.view(), out.view()});
  return out;
}

}  // namespace filigree
