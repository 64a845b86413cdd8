// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <array>
#include <concepts>
#include <utility>

namespace filigree::detail::inline FILIGREE_VECTORS {

/// Sorts pairs by key, stable and ascending, by digits of 11 bits, the least significant one first.
/// The `other` arrays are scratch space of the same size. Keys that are in order already are left
/// alone, and digits that are equal in all keys are skipped.
template <std::unsigned_integral Key, class Value>
void radix_sort(Key* keys, Value* values, Key* other_keys, Value* other_values, offset n) {
  Key differs = 0;
  bool descends = false;
  for (offset i = 1; i < n; ++i) {
    differs |= static_cast<Key>(keys[i] ^ keys[i - 1]);
    descends |= keys[i] < keys[i - 1];
  }
  if (!descends) return;
  Key* from_keys = keys;
  Value* from_values = values;
  constexpr unsigned bits = 11, digits = 1u << bits;
  for (unsigned shift = 0; shift < 8 * sizeof(Key); shift += bits) {
    if (((differs >> shift) & (digits - 1)) == 0) continue;
    std::array<offset, digits> at{};
    for (offset i = 0; i < n; ++i) ++at[(from_keys[i] >> shift) & (digits - 1)];
    offset total = 0;
    for (auto& c : at) total += std::exchange(c, total);
    for (offset i = 0; i < n; ++i) {
      const offset to = at[(from_keys[i] >> shift) & (digits - 1)]++;
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
