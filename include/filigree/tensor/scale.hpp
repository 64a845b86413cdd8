// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/entries.hpp>
#include <filigree/kernels/wide.hpp>
#include <filigree/tensor/csr.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/value_limits.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace filigree {

namespace detail {
/// Throws `range_error` if the product of an integer and factor[at[k]] is out of range for T.
template <backend B, class T, class Index>
void expect_products_fit(const B& on, const T* value, const T* factor, const Index* at, offset n,
                         const char* operation) {
  const auto bad = on.select(n, kernels::product_outside<T, Index>{value, factor, at});
  if (bad.size() == 0) return;
  const offset k = fetch(on, bad.data());
  const auto product = static_cast<kernels::int128>(fetch(on, value + k)) *
                       fetch(on, factor + static_cast<offset>(fetch(on, at + k)));
  fail_to_fit<T>(std::string(operation) + ": value of entry " + std::to_string(k),
                 to_string(product));
}
}  // namespace detail

/// a[r, c] *= factor[r]; factor is rows x 1. Throws `shape_error`, and `range_error` for a product
/// of integers that T cannot hold.
template <class T, backend B, class Index, class Offset>
void scale_rows(const B& on, csr<T, B, Index, Offset>& a, const matrix<T, B>& factor) {
  detail::expect_equal("scale_rows: rows of factor", a.rows(), factor.rows());
  detail::expect_equal("scale_rows: columns of factor", 1, factor.cols());
  if constexpr (std::is_integral_v<T>) {
    auto row = on.template allocate<Index>(a.entries());
    on.for_each(a.rows(), kernels::expand_rows<Index, Offset>{a.pattern().row_begin, row.data()});
    detail::expect_products_fit(on, std::as_const(a).values().data, factor.data(),
                                std::as_const(row).data(), a.entries(), "scale_rows");
  }
  on.for_each(a.rows(),
              kernels::scale_row<T, Index, Offset>{a.pattern(), factor.data(), a.values().data});
}

/// a[r, c] *= factor[c]; factor is cols x 1. Throws `shape_error`, and `range_error` for a product
/// of integers that T cannot hold.
template <class T, backend B, class Index, class Offset>
void scale_columns(const B& on, csr<T, B, Index, Offset>& a, const matrix<T, B>& factor) {
  detail::expect_equal("scale_columns: rows of factor", a.cols(), factor.rows());
  detail::expect_equal("scale_columns: columns of factor", 1, factor.cols());
  if constexpr (std::is_integral_v<T>)
    detail::expect_products_fit(on, std::as_const(a).values().data, factor.data(),
                                a.pattern().neighbor, a.entries(), "scale_columns");
  on.for_each(a.entries(), kernels::scale_column<T, Index>{a.pattern().neighbor, factor.data(),
                                                           a.values().data});
}

}  // namespace filigree
