// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace filigree {

namespace detail {
inline namespace FILIGREE_VECTORS {
/// The bits of a float or double but for the sign: numbers ascend, then infinity, then NaN. Under
/// -ffast-math a compiler may conclude from where a number comes from that it is finite, its bits
/// included, so that they pass through something it cannot see through.
template <std::floating_point T>
[[nodiscard]] FILIGREE_FN auto magnitude_bits(T x) {
  static_assert(sizeof(T) <= 8, "is_finite: type: expected float or double");
  std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t> bits;
  std::memcpy(&bits, &x, sizeof bits);  // devices have no std::bit_cast
#if defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__ && !defined __CUDA_ARCH__
  asm("" : "+r"(bits));
#endif
  return bits << 1;
}
/// Those of infinity.
template <std::floating_point T>
inline constexpr auto infinity_bits =
    ~std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>{0}
    << std::numeric_limits<T>::digits;
}  // namespace FILIGREE_VECTORS
}  // namespace detail

inline namespace FILIGREE_VECTORS {

/// Whether x is neither infinite nor NaN: read from its bits, so that it holds under -ffast-math.
template <std::floating_point T>
[[nodiscard]] FILIGREE_FN bool is_finite(T x) {
  return detail::magnitude_bits(x) < detail::infinity_bits<T>;
}

/// Whether x is NaN, read from its bits.
template <std::floating_point T>
[[nodiscard]] FILIGREE_FN bool is_nan(T x) {
  return detail::magnitude_bits(x) > detail::infinity_bits<T>;
}

/// a > b, or a is NaN; one comparison where the compiler respects NaN.
template <std::floating_point T>
[[nodiscard]] FILIGREE_FN bool exceeds(T a, T b) {
#if defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__ && !defined __CUDA_ARCH__
  return is_nan(a) || a > b;
#else
  return !(a <= b);
#endif
}

}  // namespace FILIGREE_VECTORS

}  // namespace filigree
