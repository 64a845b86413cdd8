// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/coo.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/reordered.hpp>
#include <filigree/tensor/transpose.hpp>
#include <filigree/tensor/value_limits.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace filigree {

/// The entries sorted by row, then column. Throws like `coo::validate`, except that values are not
/// checked.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] reordered<csr<T, B, Index, Offset>> to_csr(const B& on,
                                                         const coo<T, B, Index, Offset>& a) {
  auto m = merge_entries<Offset>(on, a.row(), a.col(), a.values().data, a.entries(), a.shape(),
                                 duplicates::error, "to_csr");
  return {csr<T, B, Index, Offset>(a.shape(), std::move(m.row_begin), std::move(m.column),
                                   std::move(m.value)),
          std::move(m.order)};
}

/// The entries in coordinate format, in the same order.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] reordered<coo<T, B, Index, Offset>> to_coo(const B& on,
                                                         const csr<T, B, Index, Offset>& a) {
  const auto n = a.entries();
  const auto p = a.pattern();
  auto row = on.template allocate<Index>(n), col = on.template allocate<Index>(n);
  auto value = on.template allocate<T>(n);
  auto order = on.template allocate<Offset>(n);
  on.for_each(a.rows(), kernels::expand_rows<Index, Offset>{p.row_begin, row.data()});
  on.copy(p.neighbor, col.data(), n);
  on.copy(a.values().data, value.data(), n);
  on.for_each(n, kernels::count_up<Offset>{order.data()});
  return {coo<T, B, Index, Offset>(a.shape(), std::move(row), std::move(col), std::move(value)),
          std::move(order)};
}

/// The same matrix with another scalar, index or offset type: `cast<csr<float, cpu, int, int>>(on,
/// a)`. Values are converted as by static_cast: fractions are truncated. Throws `range_error` if
/// the shape, the number of entries or a value does not fit.
template <class To, class T, backend B, class Index, class Offset>
[[nodiscard]] To cast(const B& on, const csr<T, B, Index, Offset>& a) {
  using U = typename To::scalar;
  using I = typename To::index_type;
  using O = typename To::offset_type;
  detail::expect_fits<I, O>(a.shape(), a.entries(), "cast");
  const auto bad = on.select(a.entries(), kernels::does_not_fit<U, T>{a.values().data});
  if (bad.size()) {
    const offset k = detail::fetch(on, bad.data());
    detail::fail_to_fit<U>("cast: value of entry " + std::to_string(k),
                           std::to_string(detail::fetch(on, a.values().data + k)));
  }
  const auto p = a.pattern();
  auto row_begin = on.template allocate<O>(a.rows() + 1);
  auto column = on.template allocate<I>(a.entries());
  auto value = on.template allocate<U>(a.entries());
  on.for_each(a.rows() + 1, kernels::cast_copy<Offset, O>{p.row_begin, row_begin.data()});
  on.for_each(a.entries(), kernels::cast_copy<Index, I>{p.neighbor, column.data()});
  on.for_each(a.entries(), kernels::cast_copy<T, U>{a.values().data, value.data()});
  return To(a.shape(), std::move(row_begin), std::move(column), std::move(value));
}

/// All elements, including zeros.
template <class T, backend B, class Index, class Offset>
[[nodiscard]] matrix<T, B> to_dense(const B& on, const csr<T, B, Index, Offset>& a) {
  auto out = matrix<T, B>::zeros(on, a.shape());
  on.for_each(a.rows(),
              kernels::densify_row<T, Index, Offset>{a.pattern(), a.values().data, out.view()});
  return out;
}

/// The nonzero elements. Throws `range_error` for a NaN.
template <class Index = index, class Offset = offset, class T, backend B>
[[nodiscard]] csr<T, B, Index, Offset> from_dense(const B& on, const matrix<T, B>& x) {
  detail::expect_fits<Index, Offset>(x.shape(), 0, "from_dense");
  const auto at = on.select(x.size(), kernels::not_zero<T>{x.data()});
  const auto n = static_cast<offset>(at.size());
  auto keys = on.template allocate<std::uint64_t>(n);
  auto row_begin = on.template allocate<Offset>(x.rows() + 1);
  auto column = on.template allocate<Index>(n);
  auto value = on.template allocate<T>(n);
  on.for_each(n, kernels::cast_copy<offset, std::uint64_t>{at.data(), keys.data()});
  on.for_each(n, kernels::key_column<Index>{keys.data(), x.cols(), column.data()});
  on.for_each(x.rows() + 1,
              kernels::key_row_begin<Offset>{keys.data(), n, x.cols(), row_begin.data()});
  on.for_each(n, kernels::gather<T, offset>{at.data(), x.data(), value.data()});
  detail::expect_numbers(on, value.data(), n, "from_dense");
  return {x.shape(), std::move(row_begin), std::move(column), std::move(value)};
}

namespace detail {
/// The row of each entry.
template <class T, backend B>
[[nodiscard]] auto rows_of_entries(const B& on, const csr<T, B>& a) {
  auto row = on.template allocate<index>(a.entries());
  on.for_each(a.rows(), kernels::expand_rows<index, offset>{a.pattern().row_begin, row.data()});
  return row;
}
}  // namespace detail

/// The pattern as a directed graph; edge e is entry e.
template <class T, backend B>
[[nodiscard]] graph<B> to_graph(const B& on, const csr<T, B>& a) {
  const auto row = detail::rows_of_entries(on, a);
  return graph<B>(on, a.shape(), row.data(), a.pattern().neighbor, a.entries());
}

/// The pattern as an undirected graph; edge e is entry e. Throws `shape_error` unless the matrix is
/// square, `range_error` for an entry whose reverse is missing.
template <class T, backend B>
[[nodiscard]] graph<B> to_undirected_graph(const B& on, const csr<T, B>& a) {
  detail::expect_equal("to_undirected_graph: columns", a.rows(), a.cols());
  const auto row = detail::rows_of_entries(on, a);
  return graph<B>::symmetric(on, a.rows(), row.data(), a.pattern().neighbor, a.entries());
}

}  // namespace filigree
