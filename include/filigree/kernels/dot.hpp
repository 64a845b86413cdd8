// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

namespace filigree::kernels {

/// <a, b> of n elements, in sixteen interleaved sums that compilers turn into vector registers.
template <class T>
[[nodiscard]] FILIGREE_FN T dot(const T* a, const T* b, offset n) {
  constexpr int lanes = 16;
  T lane[lanes] = {};
  offset i = 0;
  for (; i + lanes <= n; i += lanes)
    for (int l = 0; l < lanes; ++l) lane[l] += a[i + l] * b[i + l];
  T sum = 0;
  for (int l = 0; l < lanes; ++l) sum += lane[l];
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace filigree::kernels
