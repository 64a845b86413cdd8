// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/lanes.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The sum of term(0) ... term(n - 1), in every lane; a single lane uses `width` interleaved sums
/// that compilers map to vector registers.
template <class T, int width = 16, class Term, class Lanes = one_lane>
[[nodiscard]] FILIGREE_FN T interleaved_sum(offset n, const Term& term, Lanes lanes = {}) {
  T sum = 0;
  if constexpr (Lanes::size() == 1) {
    T part[width] = {};
    offset i = 0;
    for (; i + width <= n; i += width)
      for (int l = 0; l < width; ++l) part[l] += term(i + l);
    for (int l = 0; l < width; ++l) sum += part[l];
    for (; i < n; ++i) sum += term(i);
  } else {
    for (offset i = lanes.rank(); i < n; i += lanes.size()) sum += term(i);
  }
  return lanes.sum(sum);
}

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
