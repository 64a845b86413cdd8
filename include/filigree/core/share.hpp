// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace filigree::detail {

/// floor(share * n), 0 <= share <= 1, in integers: the share is the shortest decimal that reads
/// back as the same float, so that 0.7f of 10 are 7.
[[nodiscard]] inline offset share_of(offset n, float share) {
  if (share >= 1) return n;
  char text[256];
  const char* const end =
      std::to_chars(text, text + sizeof text, share, std::chars_format::fixed).ptr;
  // n * 0.d1d2... = (n d1 + (n d2 + ...) / 10) / 10, and what is cut off adds up to no unit.
  offset kept = 0;
  for (const char* digit = end - 1; digit > text + 1; --digit)
    kept = (n * (*digit - '0') + kept) / 10;
  return kept;
}
/// The same for a share that was computed: rounding in its last places does not count.
[[nodiscard]] inline offset share_of(offset n, double share) {
  const double exact = share * static_cast<double>(n), whole = std::round(exact);
  const bool meant = std::abs(exact - whole) <= 8 * std::numeric_limits<double>::epsilon() * exact;
  return std::clamp<offset>(static_cast<offset>(meant ? whole : exact), 0, n);
}
/// The decimal that a float from 0 to 1 was written as, to 15 places.
[[nodiscard]] inline double decimal_of(float share) {
  constexpr offset one = 1'000'000'000'000'000;
  return static_cast<double>(share_of(one, share)) / static_cast<double>(one);
}

}  // namespace filigree::detail
