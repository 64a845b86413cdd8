// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace filigree::detail {

/// The number of batches of the given size in n; the last may be smaller.
[[nodiscard]] constexpr offset batches_of(offset n, offset size) {
  return n > 0 ? (n - 1) / size + 1 : 0;
}
/// floor(share * n), 0 <= share <= 1, computed in integers: the share is taken as the shortest
/// decimal that reads back as the same float, so 0.7f of 10 is 7.
[[nodiscard]] inline offset share_of(offset n, float share) {
  if (share >= 1) return n;
  char text[256];
  const char* const end =
      std::to_chars(text, text + sizeof text, share, std::chars_format::fixed).ptr;
  // n * 0.d1d2... = (n d1 + (n d2 + ...) / 10) / 10; the truncated fractions add up to less than 1.
  offset kept = 0;
  for (const char* digit = end - 1; digit > text + 1; --digit)
    kept = (n * (*digit - '0') + kept) / 10;
  return kept;
}
/// Same, for a share that was computed: rounding errors in its last digits are ignored.
[[nodiscard]] inline offset share_of(offset n, double share) {
  const double exact = share * static_cast<double>(n), whole = std::round(exact);
  const bool meant = std::abs(exact - whole) <= 8 * std::numeric_limits<double>::epsilon() * exact;
  return std::clamp<offset>(static_cast<offset>(meant ? whole : exact), 0, n);
}
/// A share as the decimal it was written as: units / of. For a share below 10^-18, `of` is 0.
struct decimal_share {
  offset units = 0, of = 0;
};
[[nodiscard]] inline decimal_share decimal_share_of(float share) {
  char text[64];
  char* const end =
      std::to_chars(text, text + sizeof text, share, std::chars_format::scientific).ptr;
  char* const e = std::find(text, end, 'e');
  offset exponent = 0, units = 0, of = 1;
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
  for (const char* digit = text; digit < e; ++digit)
    if (*digit != '.') units = 10 * units + (*digit - '0');
  exponent -= std::max<offset>(0, e - text - 2);  // minus the digits after the decimal point
  for (; exponent < 0 && of > 0; ++exponent) of = of < 1'000'000'000'000'000'000 ? 10 * of : 0;
  return {units, of};
}
/// The decimal that a float from 0 to 1 was written as, to 15 digits.
[[nodiscard]] inline double decimal_of(float share) {
  constexpr offset one = 1'000'000'000'000'000;
  return static_cast<double>(share_of(one, share)) / static_cast<double>(one);
}

}  // namespace filigree::detail
