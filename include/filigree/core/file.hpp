// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>  // access, fsync

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

/// The bytes of a file. Throws `file_error` where it is missing or unreadable.
[[nodiscard]] inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path))
    throw file_error(path + ": expected a readable file, got none");
  std::string bytes;
  std::error_code no_size;  // of a pipe
  if (const auto size = std::filesystem::file_size(path, no_size); !no_size) bytes.reserve(size);
  std::array<char, 1 << 16> piece;
  do {
    in.read(piece.data(), piece.size());
    bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  } while (in);
  if (in.bad()) throw file_error(path + ": cannot be read");
  return bytes;
}

/// Throws `file_error` where `write_file` could not make or replace `path`: better before long work
/// than after it.
inline void expect_writable(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0 || std::filesystem::is_directory(path))
    throw file_error(path + ": cannot be written");
}

/// Replaces a file as a whole: writes beside it, flushes to the disk, renames. Whoever reads `path`
/// sees the old bytes or the new ones, never a part. Throws `file_error` and leaves `path` as it
/// was.
inline void write_file(const std::string& path, std::span<const std::string_view> parts) {
  static std::atomic<unsigned> writes{0};  // threads may write at once
  const std::string beside =
      path + ".partial." + std::to_string(::getpid()) + '.' + std::to_string(++writes);
  std::FILE* out = std::fopen(beside.c_str(), "wb");
  if (!out) throw file_error(path + ": cannot be written");
  bool ok = true;
  for (const auto part : parts)
    ok = ok && (part.empty() || std::fwrite(part.data(), 1, part.size(), out) == part.size());
  ok = ok && std::fflush(out) == 0 && ::fsync(::fileno(out)) == 0;
  ok = std::fclose(out) == 0 && ok;
  if (!ok || std::rename(beside.c_str(), path.c_str()) != 0) {
    std::remove(beside.c_str());
    throw file_error(path + ": cannot be written");
  }
}

/// Same, for one piece.
inline void write_file(const std::string& path, std::string_view bytes) {
  write_file(path, std::span(&bytes, 1));
}

}  // namespace filigree
