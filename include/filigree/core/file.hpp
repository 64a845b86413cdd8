// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/descriptor.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/write_file.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace filigree {

/// CRC-32 (IEEE 802.3) of `bytes`, continuing from `previous`.
[[nodiscard]] inline std::uint32_t crc32(std::string_view bytes, std::uint32_t previous = 0) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ (c & 1 ? 0xEDB88320u : 0u);
      t[i] = c;
    }
    return t;
  }();
  std::uint32_t c = ~previous;
  for (const char b : bytes) c = table[(c ^ static_cast<unsigned char>(b)) & 255u] ^ (c >> 8);
  return ~c;
}

/// The bytes of a file, a pipe or a device; `-` is standard input. Throws `file_error` with the
/// system's reason if it is missing or unreadable, `memory_error` if it is too large.
[[nodiscard]] inline std::string read_file(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : path;
  const detail::descriptor file(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                            : detail::uninterrupted([&] {
                                                return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
                                              }));
  struct stat about {};
  const bool folder = file && ::fstat(file.number(), &about) == 0 && S_ISDIR(about.st_mode);
  if (!file || folder)
    throw file_error(name + ": expected a readable file, got none" +
                     detail::reason(folder ? EISDIR : errno));
  std::string bytes;
  if (S_ISREG(about.st_mode)) try {
      bytes.reserve(static_cast<std::size_t>(about.st_size));
    } catch (const std::exception&) {  // std::bad_alloc, std::length_error
      throw memory_error(static_cast<std::uint64_t>(about.st_size));
    }
  std::array<char, 1 << 16> piece;
  for (;;) {
    const auto got =
        detail::uninterrupted([&] { return ::read(file.number(), piece.data(), piece.size()); });
    if (got < 0) throw file_error(name + ": cannot be read" + detail::reason());
    if (got == 0) return bytes;
    bytes.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace filigree
