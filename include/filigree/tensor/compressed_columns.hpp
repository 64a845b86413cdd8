// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/kernels/row_set.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace filigree {

/// The compressed columns (CSC) of a sparse pattern: entry k of a column has the edge id
/// `order[k]`, which refers to its value in the matrix and to its attributes elsewhere.
template <backend B, class Index = index, class Offset = offset>
struct compressed_columns {
  filigree::shape shape;                             ///< of the pattern
  typename B::template buffer<Offset> column_begin;  ///< cols + 1
  typename B::template buffer<Index> row;     ///< one per entry, ascending within each column
  typename B::template buffer<Offset> order;  ///< one per entry

  /// The pattern of the transpose: its rows are the columns of the pattern.
  [[nodiscard]] pattern_view<Index, Offset> pattern() const {
    return {column_begin.data(), row.data(), order.data(),
            shape.cols,          shape.rows, static_cast<offset>(row.size())};
  }
};

/// Sorts the entries of a pattern, whose columns must be valid, by column. They are in the order of
/// their rows, and sorting is stable: only the columns have to be compared.
template <backend B, class Index, class Offset>
[[nodiscard]] compressed_columns<B, Index, Offset> compress_columns(
    const B& on, const pattern_view<Index, Offset>& p) {
  using Key = std::make_unsigned_t<Index>;
  compressed_columns<B, Index, Offset> out{{p.rows, p.cols},
                                           on.template allocate<Offset>(p.cols + 1),
                                           on.template allocate<Index>(p.entries),
                                           on.template allocate<Offset>(p.entries)};
  auto row = on.template allocate<Index>(p.entries);
  auto keys = on.template allocate<Key>(p.entries);
  on.for_each(p.rows, kernels::expand_rows<Index, Offset>{p.row_begin, row.data()});
  on.for_each(p.entries,
              kernels::id_keys<Index, Offset>{p.neighbor, keys.data(), out.order.data()});
  on.sort_pairs(keys.data(), out.order.data(), p.entries,
                static_cast<int>(std::bit_width(static_cast<std::uint64_t>(p.cols))));
  on.for_each(p.entries,
              kernels::gather<Index, Offset>{out.order.data(), row.data(), out.row.data()});
  on.for_each(p.cols + 1, kernels::key_row_begin<Offset, Key>{keys.data(), p.entries, 1,
                                                              out.column_begin.data()});
  return out;
}

}  // namespace filigree
