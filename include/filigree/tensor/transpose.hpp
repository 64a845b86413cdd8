// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/compressed_columns.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/entries.hpp>
#include <filigree/tensor/reordered.hpp>

#include <utility>

namespace filigree {

/// A matrix viewed by columns; no values are copied. Throws `range_error` for an entry whose column
/// is outside the matrix.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] compressed_columns<B, Index, Offset> transposed(const B& on,
                                                              const csr<T, B, Index, Offset>& a) {
  const auto p = a.pattern();
  detail::expect_within(on, p.neighbor, p.entries, p.cols, "transposed: row");
  return compress_columns(on, p);
}

/// The transpose, cols x rows.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] reordered<csr<T, B, Index, Offset>> transpose(const B& on,
                                                            const csr<T, B, Index, Offset>& a) {
  auto t = transposed(on, a);
  auto value = on.template allocate<T>(a.entries());
  on.for_each(a.entries(),
              kernels::gather<T, Offset>{t.order.data(), a.values().data, value.data()});
  return {csr<T, B, Index, Offset>({a.cols(), a.rows()}, std::move(t.column_begin),
                                   std::move(t.row), std::move(value)),
          std::move(t.order)};
}

}  // namespace filigree
