// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace filigree::detail {

/// Puts distinct ids in random order. Each id has its own random bits, independent of the other
/// ids.
template <std::integral Id>
void shuffle(std::vector<Id>& ids, philox random) {
  std::ranges::sort(
      ids, {}, [&](Id id) { return std::pair(random.bits(static_cast<std::uint64_t>(id)), id); });
}

/// Part `step` of the ids, in an order that is drawn anew each epoch.
[[nodiscard]] inline std::vector<index> shuffled_part(std::vector<index> ids, std::uint64_t seed,
                                                      offset epoch, offset step, offset size) {
  const philox random{seed, 0x73687566666c65 + static_cast<std::uint64_t>(epoch)};
  for (std::size_t k = ids.size(); k > 1; --k)
    std::swap(ids[k - 1], ids[static_cast<std::size_t>(random.below(k, static_cast<offset>(k)))]);
  const auto first = static_cast<std::size_t>(step * size);
  const auto last = std::min(ids.size(), first + static_cast<std::size_t>(size));
  return {ids.begin() + static_cast<std::ptrdiff_t>(first),
          ids.begin() + static_cast<std::ptrdiff_t>(last)};
}

}  // namespace filigree::detail
