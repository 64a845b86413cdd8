// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/random.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

namespace filigree::detail {

/// Puts distinct ids in a random order that depends on no other: each has its own random bits.
template <std::integral Id>
void shuffle(std::vector<Id>& ids, philox random) {
  std::ranges::sort(
      ids, {}, [&](Id id) { return std::pair(random.bits(static_cast<std::uint64_t>(id)), id); });
}

}  // namespace filigree::detail
