// SPDX-License-Identifier: Apache-2.0
#pragma once
// Opt-in: needs zlib. In a program that includes this header, all text readers also read gzip.
#include <filigree/data/text.hpp>
#include <filigree/data/zlib_state.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <new>
#include <string>
#include <string_view>

namespace filigree {

/// The decompressed contents of a gzip file, all members concatenated (RFC 1952). Throws
/// `file_error` naming `path` if the file is truncated, corrupted, or followed by anything but
/// zeros.
[[nodiscard]] inline std::string unpack_gzip(const std::string& path, std::string_view packed) {
  detail::zlib_state<inflateEnd> z;
  constexpr int gzip_alone = 16;
  if (inflateInit2(&z, gzip_alone + MAX_WBITS) != Z_OK) throw std::bad_alloc();
  const auto fail = [&](const std::string& expected, const std::string& got) {
    throw file_error(path + ": gzip: expected " + expected + ", got " + got);
  };
  std::string out, chunk(std::size_t{1} << 18, '\0');
  auto left = packed;
  bool behind = false;  // a member
  for (bool inside = true; inside || left.find_first_not_of('\0') != left.npos;) {
    const auto given = std::min<std::size_t>(left.size(), std::numeric_limits<uInt>::max());
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(left.data()));
    z.avail_in = static_cast<uInt>(given);
    z.next_out = reinterpret_cast<Bytef*>(chunk.data());
    z.avail_out = static_cast<uInt>(chunk.size());
    const int status = inflate(&z, Z_NO_FLUSH);
    left.remove_prefix(given - z.avail_in);
    try {
      out.append(chunk, 0, chunk.size() - z.avail_out);
    } catch (const std::exception&) {  // std::bad_alloc, std::length_error
      throw memory_error(out.size() + chunk.size());
    }
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_BUF_ERROR) fail("more bytes", "a file that was cut short");
    if (status != Z_OK && status != Z_STREAM_END) {
      if (behind && z.total_out == 0) fail("the end, zeros or a further member", "other bytes");
      fail("intact data", std::string("corrupted data (") + (z.msg ? z.msg : "of no kind") + ")");
    }
    inside = status == Z_OK;
    if (inside) continue;
    behind = true;
    inflateReset(&z);
  }
  return out;
}

namespace detail {
inline const bool gzip_is_read = (gzip_reader = unpack_gzip, true);
}

}  // namespace filigree
