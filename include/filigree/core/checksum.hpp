// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/file.hpp>

#include <cstdint>
#include <vector>

namespace filigree::detail {

/// A checksum of the concatenated arrays.
template <class... Ts>
[[nodiscard]] std::uint32_t checksum_of(const std::vector<Ts>&... arrays) {
  std::uint32_t sum = 0;
  ((sum = crc32({reinterpret_cast<const char*>(arrays.data()), arrays.size() * sizeof(Ts)}, sum)),
   ...);
  return sum;
}

}  // namespace filigree::detail
