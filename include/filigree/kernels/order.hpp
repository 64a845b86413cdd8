// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// An unsigned integer of the same width as a float or a double.
template <class T>
using bits_of = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

/// keys[i] = a number that decreases as x[i] increases, and is largest for NaN; position[i] = i.
/// Sorting by it puts the largest x first.
template <class T>
struct descending_keys {
  const T* x;
  bits_of<T>* keys;
  offset* position;
  FILIGREE_FN void operator()(offset i) const {
    constexpr bits_of<T> sign = bits_of<T>(1) << (8 * sizeof(T) - 1), all = ~bits_of<T>(0);
    const T value = x[i] + T(0);  // -0 becomes 0
    bits_of<T> bits;
    memcpy(&bits, &value, sizeof(T));
    keys[i] = value == value ? ~(bits & sign ? ~bits : bits | sign) : all;
    position[i] = i;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
