// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The position of the first of n ascending numbers that is not less than `bound`.
template <class Number>
[[nodiscard]] FILIGREE_FN offset lower_bound(const Number* numbers, offset n, Number bound) {
  offset low = 0, high = n;
  while (low < high) {
    const offset middle = low + (high - low) / 2;
    if (numbers[middle] < bound)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
