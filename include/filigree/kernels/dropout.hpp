// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>
#include <filigree/core/vectors.hpp>

#include <cstdint>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[i] = scale x[i], times 0 if the lower half of the bits is below `below`; adds to y[i] if
/// `adds`. Multiplies, so that NaN stays NaN.
template <class T, bool adds>
struct dropout_element {
  T scale;
  std::uint32_t below;
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i, std::uint32_t bits) const {
    const T value = ((bits & 0xffffu) < below ? T(0) : scale) * x[i];
    if constexpr (adds)
      y[i] += value;
    else
      y[i] = value;
  }
};

/// Computes eight elements from block j of random bits, one eighth of the array apart, so that
/// consecutive j access consecutive memory.
template <class T, bool adds>
struct dropout {
  dropout_element<T, adds> element;
  philox random;
  offset eighth;
  FILIGREE_FN void operator()(offset j) const {
    const auto bits = random.block(static_cast<std::uint64_t>(j));
    element(j, bits.w0);
    element(j + eighth, bits.w0 >> 16);
    element(j + 2 * eighth, bits.w1);
    element(j + 3 * eighth, bits.w1 >> 16);
    element(j + 4 * eighth, bits.w2);
    element(j + 5 * eighth, bits.w2 >> 16);
    element(j + 6 * eighth, bits.w3);
    element(j + 7 * eighth, bits.w3 >> 16);
  }
};

/// The remainder of the array after the eight eighths, 0 to 7 elements.
template <class T, bool adds>
struct dropout_rest {
  dropout<T, adds> of;
  FILIGREE_FN void operator()(offset k) const {
    const auto bits = of.random.block(static_cast<std::uint64_t>(of.eighth + k));
    of.element(8 * of.eighth + k, bits.w0);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
