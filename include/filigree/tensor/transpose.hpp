// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/entries.hpp>
#include <filigree/tensor/reordered.hpp>

#include <utility>

namespace filigree {

/// The compressed columns (CSC) of a csr matrix, without its values: entry k of a column has the
/// edge id `order[k]`, which refers to its value in the matrix and to its attributes elsewhere.
template <backend B, class Index = index, class Offset = offset>
struct compressed_columns {
  filigree::shape shape;                             ///< of the matrix
  typename B::template buffer<Offset> column_begin;  ///< cols + 1
  typename B::template buffer<Index> row;     ///< one per entry, ascending within each column
  typename B::template buffer<Offset> order;  ///< one per entry

  /// The pattern of the transpose: its rows are the columns of the matrix.
  [[nodiscard]] pattern_view<Index, Offset> pattern() const {
    return {column_begin.data(), row.data(), order.data(),
            shape.cols,          shape.rows, static_cast<offset>(row.size())};
  }
};

/// A matrix viewed by columns; no values are copied.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] compressed_columns<B, Index, Offset> transposed(const B& on,
                                                              const csr<T, B, Index, Offset>& a) {
  auto row = on.template allocate<Index>(a.entries());
  const auto p = a.pattern();
  on.for_each(a.rows(), kernels::expand_rows<Index, Offset>{p.row_begin, row.data()});
  auto s = sort_entries<Offset>(on, p.neighbor, static_cast<const Index*>(row.data()), a.entries(),
                                {a.cols(), a.rows()}, "transposed");
  return {a.shape(), std::move(s.row_begin), std::move(s.column), std::move(s.order)};
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
