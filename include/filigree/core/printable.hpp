// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace filigree::detail {

/// The length in bytes of the UTF-8 character at the start of `text`; 0 if it is invalid or a
/// control character.
[[nodiscard]] inline std::size_t character_at(std::string_view text) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
  const std::size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < size) return 0;
  for (std::size_t k = 1; k < size; ++k)
    if ((byte(k) & 0xC0) != 0x80) return 0;
  return byte(0) == 0xC2 && byte(1) < 0xA0 ? 0 : size;
}

/// Text that is safe for a terminal: anything other than printable UTF-8, tabs and line breaks is
/// written as \xHH.
[[nodiscard]] inline std::string printable(std::string_view text) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string out;
  while (!text.empty()) {
    const bool blank = text[0] == '\t' || text[0] == '\n';
    const auto size = blank ? 1 : character_at(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (size == 0)
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    else
      out += text.substr(0, size);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

/// The first 80 bytes of a text, followed by `...` if it was longer.
[[nodiscard]] inline std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 80;
  return text.size() > longest ? std::string(text.substr(0, longest)) + "..." : std::string(text);
}

}  // namespace filigree::detail
