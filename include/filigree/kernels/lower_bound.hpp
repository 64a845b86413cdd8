// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The position of the first of n ascending numbers that is not less than `bound`. No branch
/// depends on a number: every other one would be mispredicted.
template <class Number>
[[nodiscard]] FILIGREE_FN offset lower_bound(const Number* numbers, offset n, Number bound) {
  if (n == 0) return 0;
  offset low = 0;
  while (n > 1) {
    const offset half = n / 2;
    low += numbers[low + half - 1] < bound ? half : 0;
    n -= half;
  }
  return low + (numbers[low] < bound ? 1 : 0);
}

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
