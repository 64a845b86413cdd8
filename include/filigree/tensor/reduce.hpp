// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/value_limits.hpp>

#include <string>
#include <type_traits>

namespace filigree {

namespace detail {
template <kernels::row_statistic How, class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> reduce_rows(const B& on, const csr<T, B, Index, Offset>& a) {
  if constexpr (How == kernels::row_statistic::sum || How == kernels::row_statistic::mean) {
    constexpr bool sum = How == kernels::row_statistic::sum;
    using limit = std::conditional_t<sum, T, kernels::sum_of<T>>;  // a mean fits if its sum does
    if constexpr (sum || sizeof(T) == sizeof(limit))
      expect_sums_fit<limit>(on, a.pattern().row_begin, a.rows(),
                             static_cast<const offset*>(nullptr), a.values().data, [](offset r) {
                               return (sum ? "row_sum: sum of row " : "row_mean: sum of row ") +
                                      std::to_string(r);
                             });
  }
  matrix<T, B> out(on, {a.rows(), 1});
  on.for_each(a.rows(),
              kernels::reduce_row<How, T, Index, Offset>{a.pattern(), a.values().data, out.data()});
  return out;
}
}  // namespace detail

/// The sum of the entries of each row, rows x 1. Integers are accumulated in 64 bits; throws
/// `range_error` for a sum that T cannot hold.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_sum(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::sum>(on, a);
}

/// The mean of the entries of each row, rows x 1; positions without an entry do not count. 0 for an
/// empty row. For integers it is rounded toward 0; throws `range_error` if their sum does not fit
/// in 64 bits.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_mean(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::mean>(on, a);
}

/// The smallest entry of each row, rows x 1; positions without an entry do not count. 0 for an
/// empty row.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_min(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::min>(on, a);
}

/// The largest entry of each row, rows x 1; positions without an entry do not count. 0 for an empty
/// row.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> row_max(const B& on, const csr<T, B, Index, Offset>& a) {
  return detail::reduce_rows<kernels::row_statistic::max>(on, a);
}

}  // namespace filigree
