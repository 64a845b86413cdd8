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
/// The bits of a float or double without the sign; finite numbers order below infinity, and
/// infinity below NaN. Under -ffast-math a compiler may infer from its origin that a number, and so
/// its bits, is finite; an opaque asm statement hides the bits from it.
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
/// The same bits of infinity.
template <std::floating_point T>
inline constexpr auto infinity_bits =
    ~std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>{0}
    << std::numeric_limits<T>::digits;
}  // namespace FILIGREE_VECTORS
}  // namespace detail

inline namespace FILIGREE_VECTORS {

/// Whether x is neither infinite nor NaN. Inspects the bits, so it works under -ffast-math.
template <std::floating_point T>
[[nodiscard]] FILIGREE_FN bool is_finite(T x) {
  return detail::magnitude_bits(x) < detail::infinity_bits<T>;
}

/// Whether x is NaN. Inspects the bits.
template <std::floating_point T>
[[nodiscard]] FILIGREE_FN bool is_nan(T x) {
  return detail::magnitude_bits(x) > detail::infinity_bits<T>;
}

/// a > b, or a is NaN; a single comparison if the compiler respects NaN.
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
