// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

namespace detail {
template <kernels::row_statistic How, class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> reduce_rows(const B& on, const csr<T, B, Index, Offset>& a) {
  matrix<T, B> out(on, {a.rows(), 1});
  on.for_each(a.rows(),
              kernels::reduce_row<How, T, Index, Offset>{a.pattern(), a.values().data, out.data()});
  return out;
}
}  // namespace detail

/// The sum of the entries of each row, rows x 1.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_sum(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::sum>(on, a);
}

/// The mean of the entries of each row, rows x 1: places without an entry do not count. 0 for a row
/// that has none.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_mean(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::mean>(on, a);
}

/// The smallest entry of each row, rows x 1: places without an entry do not count. 0 for a row that
/// has none.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_min(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::min>(on, a);
}

/// The largest entry of each row, rows x 1: places without an entry do not count. 0 for a row that
/// has none.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_max(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::max>(on, a);
}

}  // namespace filigree
