// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/vectors.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>

namespace filigree {

inline namespace FILIGREE_VECTORS {

/// The upper half of a float: its sign, its exponent and 7 bits of its fraction ("brain float").
/// For storage, not for arithmetic: it converts to float exactly, and from float by rounding to the
/// nearest, ties to even; a NaN stays a NaN.
struct bf16 {
  std::uint16_t bits = 0;

  bf16() = default;
  FILIGREE_FN explicit bf16(std::floating_point auto number) {
    const auto x = static_cast<float>(number);
    std::uint32_t whole = 0;
    std::memcpy(&whole, &x, sizeof whole);
    const bool is_nan = (whole & 0x7fffffffu) > 0x7f800000u;
    whole = is_nan ? whole | 0x400000u : whole + 0x7fffu + (whole >> 16 & 1u);
    bits = static_cast<std::uint16_t>(whole >> 16);
  }
  FILIGREE_FN operator float() const {  // NOLINT(google-explicit-constructor): it is exact
    const std::uint32_t whole = std::uint32_t{bits} << 16;
    float x = 0;
    std::memcpy(&x, &whole, sizeof x);
    return x;
  }
};

}  // namespace FILIGREE_VECTORS

}  // namespace filigree
