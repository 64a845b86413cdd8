// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/core/index.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The container only, below 4 GiB; callers decompress the members.
namespace filigree::detail {

/// One file inside a zip file, as it is stored there.
struct zip_member {
  enum : unsigned { stored = 0, deflated = 8 };
  std::string name;
  unsigned method = stored;
  std::uint32_t crc = 0;   ///< CRC-32 of the decompressed bytes
  std::uint64_t size = 0;  ///< the number of decompressed bytes
  std::string_view packed;
};

/// Reads little-endian numbers from a file that may end too early.
class zip_bytes {
 public:
  zip_bytes(std::string path, std::string_view bytes) : path_(std::move(path)), bytes_(bytes) {}

  [[nodiscard]] std::string_view at(std::uint64_t from, std::uint64_t count) const {
    if (from > bytes_.size() || count > bytes_.size() - from)
      fail("bytes", "at least " + std::to_string(from) + " + " + std::to_string(count),
           std::to_string(bytes_.size()) + ", cut short or corrupted");
    return bytes_.substr(from, count);
  }
  [[nodiscard]] std::uint32_t number(std::uint64_t from, unsigned bytes) const {
    std::uint32_t n = 0;
    const auto b = at(from, bytes);
    for (unsigned i = bytes; i-- > 0;) n = n << 8 | static_cast<unsigned char>(b[i]);
    return n;
  }
  void expect_mark(std::uint64_t from, std::uint32_t mark, const std::string& what) const {
    if (number(from, 4) != mark)
      fail(what, "one at byte " + std::to_string(from), "none, corrupted");
  }
  [[noreturn]] void fail(const std::string& what, const std::string& expected,
                         const std::string& got) const {
    throw file_error(path_ + ": " + what + ": expected " + expected + ", got " + got);
  }

 private:
  std::string path_;
  std::string_view bytes_;
};

inline constexpr std::uint32_t zip_local_mark = 0x04034b50, zip_central_mark = 0x02014b50,
                               zip_end_mark = 0x06054b50;

/// The members of a zip file, read from the directory at its end. The views are valid as long as
/// `bytes`. Throws `file_error` for a file that is truncated or corrupted, and for encrypted
/// members.
[[nodiscard]] inline std::vector<zip_member> read_zip(const std::string& path,
                                                      std::string_view bytes) {
  constexpr std::uint64_t end_size = 22, central_size = 46, local_size = 30;
  const zip_bytes in(path, bytes);
  const auto end = bytes.rfind("PK\x05\x06");
  if (end == bytes.npos || end + end_size > bytes.size())
    in.fail("zip directory", "one at the end of the file", "none, cut short or no zip file");
  const auto count = in.number(end + 10, 2);
  std::uint64_t at = in.number(end + 16, 4);
  if (count == 0xFFFF || at == 0xFFFFFFFF) in.fail("zip file", "one below 4 GiB", "a larger one");
  std::vector<zip_member> members;
  for (std::uint32_t i = 0; i < count; ++i) {
    in.expect_mark(at, zip_central_mark, "entry of the zip directory");
    zip_member m;
    const auto name_size = in.number(at + 28, 2);
    m.name = in.at(at + central_size, name_size);
    m.method = in.number(at + 10, 2);
    m.crc = in.number(at + 16, 4);
    m.size = in.number(at + 24, 4);
    const std::uint64_t packed_size = in.number(at + 20, 4), local = in.number(at + 42, 4);
    if (in.number(at + 8, 2) & 1u) in.fail(m.name, "a member in the clear", "an encrypted one");
    if (m.size == 0xFFFFFFFF || packed_size == 0xFFFFFFFF || local == 0xFFFFFFFF)
      in.fail(m.name, "a member below 4 GiB", "a larger one");
    in.expect_mark(local, zip_local_mark, "zip member " + m.name);
    m.packed = in.at(local + local_size + in.number(local + 26, 2) + in.number(local + 28, 2),
                     packed_size);
    at += central_size + name_size + in.number(at + 30, 2) + in.number(at + 32, 2);
    members.push_back(std::move(m));
  }
  return members;
}

/// The bytes of a zip file with these members, dated 1980-01-01 so that equal input gives equal
/// files. Throws `range_error` for 4 GiB or more.
[[nodiscard]] inline std::string write_zip(const std::vector<zip_member>& members) {
  std::string out, directory;
  const auto put = [](std::string& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  // The fields that the local header and the directory share, from "version needed" to the name
  // length.
  const auto describe = [&](std::string& to, const zip_member& m) {
    put(to, 20, 2);
    put(to, 0, 2);
    put(to, m.method, 2);
    put(to, 0x00210000, 4);
    put(to, m.crc, 4);
    put(to, narrow<std::uint32_t>(m.packed.size(), "zip: bytes of " + m.name), 4);
    put(to, narrow<std::uint32_t>(m.size, "zip: bytes of " + m.name), 4);
    put(to, m.name.size(), 2);
  };
  for (const auto& m : members) {
    const auto local = narrow<std::uint32_t>(out.size(), "zip: bytes");
    put(out, zip_local_mark, 4);
    describe(out, m);
    put(out, 0, 2);
    out += m.name;
    out += m.packed;
    put(directory, zip_central_mark, 4);
    put(directory, 20, 2);
    describe(directory, m);
    put(directory, 0, 8);
    put(directory, 0, 4);
    put(directory, local, 4);
    directory += m.name;
  }
  const auto begin = narrow<std::uint32_t>(out.size(), "zip: bytes");
  const auto count = narrow<std::uint16_t>(members.size(), "zip: members");
  out += directory;
  put(out, zip_end_mark, 4);
  put(out, 0, 4);
  put(out, count, 2);
  put(out, count, 2);
  put(out, directory.size(), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace filigree::detail
