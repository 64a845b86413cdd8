// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/reordered.hpp>

#include <utility>

namespace filigree {

/// The entries whose mask is nonzero: what remains of a pruned matrix. `mask` is entries x 1, and
/// the shape does not change. Throws `shape_error`.
template <class T, backend B, class Index, class Offset, class M>
[[nodiscard]] reordered<csr<T, B, Index, Offset>> compact(const B& on,
                                                          const csr<T, B, Index, Offset>& a,
                                                          const matrix<M, B>& mask) {
  detail::expect_equal("compact: rows of mask", a.entries(), mask.rows());
  detail::expect_equal("compact: columns of mask", 1, mask.cols());
  const auto kept = on.select(a.entries(), kernels::not_zero<M>{mask.data()});
  const auto n = static_cast<offset>(kept.size());
  auto row_begin = on.template allocate<Offset>(a.rows() + 1);
  auto order = on.template allocate<Offset>(n);
  auto column = on.template allocate<Index>(n);
  auto value = on.template allocate<T>(n);
  on.for_each(a.rows() + 1, kernels::kept_before<Offset>{kept.data(), n, a.pattern().row_begin,
                                                         row_begin.data()});
  on.for_each(n, kernels::cast_copy<offset, Offset>{kept.data(), order.data()});
  on.for_each(n, kernels::gather<Index, offset>{kept.data(), a.pattern().neighbor, column.data()});
  on.for_each(n, kernels::gather<T, offset>{kept.data(), a.values().data, value.data()});
  return {csr<T, B, Index, Offset>(a.shape(), std::move(row_begin), std::move(column),
                                   std::move(value)),
          std::move(order)};
}

}  // namespace filigree
