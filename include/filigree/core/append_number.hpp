// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>

namespace filigree {

/// A type that can be parsed from and written as text: an integer or a floating-point number.
template <class T>
concept number = (std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>;

/// Appends a number in the shortest form that reads back as the same bits.
template <number T>
void append_number(std::string& out, T value) {
  char digits[64];
  const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace filigree
