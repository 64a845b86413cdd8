// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// a[r, c] *= factor[r]; factor is rows x 1. Throws `shape_error`.
template <class T, backend B, class Index, class Offset>
void scale_rows(const B& on, csr<T, B, Index, Offset>& a, const matrix<T, B>& factor) {
  detail::expect_equal("scale_rows: rows of factor", a.rows(), factor.rows());
  detail::expect_equal("scale_rows: columns of factor", 1, factor.cols());
  on.for_each(a.rows(),
              kernels::scale_row<T, Index, Offset>{a.pattern(), factor.data(), a.values().data});
}

/// a[r, c] *= factor[c]; factor is cols x 1. Throws `shape_error`.
template <class T, backend B, class Index, class Offset>
void scale_columns(const B& on, csr<T, B, Index, Offset>& a, const matrix<T, B>& factor) {
  detail::expect_equal("scale_columns: rows of factor", a.cols(), factor.rows());
  detail::expect_equal("scale_columns: columns of factor", 1, factor.cols());
  on.for_each(a.entries(), kernels::scale_column<T, Index>{a.pattern().neighbor, factor.data(),
                                                           a.values().data});
}

}  // namespace filigree
