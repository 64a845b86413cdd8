// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/column_sums.hpp>
#include <filigree/ops/operation.hpp>

#include <utility>

namespace filigree::detail {

/// y[j] (+)= the sum over rows r of term(r, g, j), where g = j / width is the group that column j
/// belongs to. Sums blocks of rows, then blocks of these sums, until one is left: the bits depend
/// only on the number of rows.
template <backend B, class T, class Term>
void sum_columns(const B& on, offset rows, offset groups, offset width, const Term& term, T* y,
                 bool add) {
  const auto blocks_of = [](offset n) {
    return (n + kernels::rows_of_block - 1) / kernels::rows_of_block;
  };
  const offset columns = groups * width;
  offset blocks = blocks_of(rows);
  if (blocks <= 1) {
    on.for_each(1, kernels::column_sums<T, Term>{term, rows, groups, width, y, add});
    return;
  }
  auto sums = on.template allocate<T>(blocks * columns);
  on.for_each(blocks, kernels::column_sums<T, Term>{term, rows, groups, width, sums.data(), false});
  using kernels::element_of_row;
  while (blocks > 1) {
    const element_of_row<T> sum{{sums.data(), blocks, columns}};
    const offset fewer = blocks_of(blocks);
    auto next = on.template allocate<T>(fewer > 1 ? fewer * columns : 0);
    on.for_each(fewer,
                kernels::column_sums<T, element_of_row<T>>{
                    sum, blocks, 1, columns, fewer > 1 ? next.data() : y, fewer == 1 && add});
    sums = std::move(next);
    blocks = fewer;
  }
}

/// d[0, j] += the sum over rows r of dy[r, j], or = if the gradient is empty; does nothing if the
/// gradient is not needed.
template <backend B, class T>
void add_column_sums(const B& on, matrix_view<const T> dy, gradient<T> d) {
  if (d) sum_columns(on, dy.rows, 1, dy.cols, kernels::element_of_row<T>{dy}, d.data, !d.empty);
}

}  // namespace filigree::detail
