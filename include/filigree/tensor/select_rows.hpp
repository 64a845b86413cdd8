// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/rows.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// The rows id[0], id[1], ... of a matrix, in that order. The ids must be rows of it.
template <class T, backend B>
[[nodiscard]] matrix<T, B> select_rows(const B& on, const matrix<T, B>& m,
                                       const typename B::template buffer<offset>& id) {
  matrix<T, B> out(on, {static_cast<offset>(id.size()), m.cols()});
  on.for_each(out.rows(), kernels::copy_row<T, offset>{id.data(), m.view(), out.view()});
  return out;
}

}  // namespace filigree
