// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// <a, b> of n elements; a single lane uses sixteen interleaved sums that compilers map to vector
/// registers.
template <class T, class Lanes = one_lane>
[[nodiscard]] FILIGREE_FN T dot(const T* a, const T* b, offset n, Lanes lanes = {}) {
  T sum = 0;
  if constexpr (Lanes::size() == 1) {
    constexpr int width = 16;
    T part[width] = {};
    offset i = 0;
    for (; i + width <= n; i += width)
      for (int l = 0; l < width; ++l) part[l] += a[i + l] * b[i + l];
    for (int l = 0; l < width; ++l) sum += part[l];
    for (; i < n; ++i) sum += a[i] * b[i];
  } else {
    for (offset i = lanes.rank(); i < n; i += lanes.size()) sum += a[i] * b[i];
  }
  return lanes.sum(sum);
}

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
