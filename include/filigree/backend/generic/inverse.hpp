// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/views.hpp>
#include <filigree/kernels/elementwise.hpp>
#include <filigree/kernels/sweep.hpp>

#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace detail {
[[noreturn]] inline void not_positive_definite(offset pivot, double got) {
  throw range_error("inverse_spd: pivot " + std::to_string(pivot) + ": expected above 0, got " +
                    std::to_string(got) + " (the matrix is not positive definite)");
}
}  // namespace detail

/// inverse = a^-1 for a symmetric positive definite a (n x n); a is overwritten. Throws
/// `shape_error`, and `range_error` if a is not positive definite. Any backend; `cpu` has a faster
/// version.
template <backend B, class T>
void inverse_spd_into(const B& on, matrix_view<T> inverse, matrix_view<T> a) {
  detail::expect_equal("inverse_spd: columns", a.rows, a.cols);
  detail::expect_equal("inverse_spd: rows of the inverse", a.rows, inverse.rows);
  detail::expect_equal("inverse_spd: columns of the inverse", a.rows, inverse.cols);
  const offset n = a.rows;
  auto row = on.template allocate<T>(n), pivot = on.template allocate<T>(n);
  for (offset k = 0; k < n; ++k) {
    on.copy(static_cast<const T*>(a.row(k)), row.data(), n);
    on.for_each(1, kernels::keep_pivot<T>{row.data(), k, pivot.data()});
    on.for_each(n, kernels::sweep_row<T>{a, row.data(), k});
  }
  const auto bad = on.select(n, kernels::not_positive<T>{pivot.data()});
  if (bad.size()) {
    offset at = 0;
    on.download(bad, std::span(&at, 1));
    std::vector<T> host(static_cast<std::size_t>(n));
    on.download(pivot, std::span<T>(host));
    detail::not_positive_definite(at, static_cast<double>(host[static_cast<std::size_t>(at)]));
  }
  on.for_each(a.size(), kernels::scaled_copy<T>{-1, a.data, inverse.data});
}

}  // namespace filigree
