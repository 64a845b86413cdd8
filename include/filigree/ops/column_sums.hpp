// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/kernels/column_sums.hpp>

#include <utility>

namespace filigree::detail {

/// sum[j] = by * the sum over rows r of x[r, j], times z[r, j] where z is not null; adds to what is
/// there if `add`. Blocks of rows are summed at once, then the blocks in order: the same bits for
/// any number of threads.
template <backend B, class T>
void column_sums(const B& on, matrix_view<const T> x, const T* z, T* sum, T by = 1,
                 bool add = true) {
  const offset blocks = (x.rows + kernels::rows_a_block - 1) / kernels::rows_a_block;
  auto part = on.template allocate<T>(blocks * x.cols);
  const matrix_view<T> parts{part.data(), blocks, x.cols};
  on.for_each(blocks, kernels::block_column_sums<T>{x, z, parts});
  on.for_each(x.cols, kernels::sum_of_blocks<T>{parts, by, sum, add});
}

}  // namespace filigree::detail
