// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <utility>

namespace filigree::detail::inline FILIGREE_VECTORS {

/// Sorts pairs by key, stable and ascending, least significant byte first. The `other` arrays are
/// scratch space of the same size. Bytes that are equal in all keys are skipped after a counting
/// pass shared by all bytes.
template <std::unsigned_integral Key, class Value>
void radix_sort(Key* keys, Value* values, Key* other_keys, Value* other_values, offset n) {
  constexpr int bytes = sizeof(Key);
  std::array<std::array<offset, 256>, bytes> count{};
  for (offset i = 0; i < n; ++i)
    for (int b = 0; b < bytes; ++b)
      ++count[static_cast<std::size_t>(b)][(keys[i] >> (8 * b)) & 255u];
  Key* from_keys = keys;
  Value* from_values = values;
  for (int b = 0; b < bytes; ++b) {
    auto& at = count[static_cast<std::size_t>(b)];
    offset total = 0, largest = 0;
    for (auto& c : at) {
      largest = c > largest ? c : largest;
      const offset size = c;
      c = total;
      total += size;
    }
    if (largest == n) continue;
    for (offset i = 0; i < n; ++i) {
      const offset to = at[(from_keys[i] >> (8 * b)) & 255u]++;
      other_keys[to] = from_keys[i];
      other_values[to] = from_values[i];
    }
    std::swap(from_keys, other_keys);
    std::swap(from_values, other_values);
  }
  if (from_keys == keys) return;
  for (offset i = 0; i < n; ++i) {
    keys[i] = from_keys[i];
    values[i] = from_values[i];
  }
}

}  // namespace filigree::detail::inline FILIGREE_VECTORS
