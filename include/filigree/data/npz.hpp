// SPDX-License-Identifier: Apache-2.0
#pragma once
// Opt-in: needs zlib.
#include <filigree/core/file.hpp>
#include <filigree/data/npy.hpp>
#include <filigree/data/zip.hpp>
#include <filigree/data/zlib_state.hpp>
#include <filigree/tensor/csr.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filigree {

/// How the members of an .npz file are stored.
enum class npz_packing { deflated, stored };

namespace detail {

/// The decompressed bytes of a member, checked against its size and CRC-32.
[[nodiscard]] inline std::string unpack(const std::string& where, const zip_member& m) {
  const auto fail = [&](const std::string& what, const std::string& expected,
                        const std::string& got) {
    throw file_error(where + ": " + what + ": expected " + expected + ", got " + got);
  };
  std::string out;
  if (m.method == zip_member::stored) {
    out = m.packed;
  } else if (m.method == zip_member::deflated) {
    // Deflate compresses by at most 1032 : 1; this keeps a corrupted size from claiming all memory.
    if (m.size > 1032 * (m.packed.size() + 1))
      fail("bytes", "a plausible size", std::to_string(m.size));
    out.resize(m.size);
    zlib_state<inflateEnd> z;
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(m.packed.data()));
    z.avail_in = static_cast<uInt>(m.packed.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&z, Z_FINISH);
    const auto size = z.total_out;
    if (status != Z_STREAM_END || size != m.size)
      fail("deflated data", std::to_string(m.size) + " bytes", "corrupted ones");
  } else {
    fail("packing", "0 (stored) or 8 (deflated)", std::to_string(m.method));
  }
  if (out.size() != m.size) fail("bytes", std::to_string(m.size), std::to_string(out.size()));
  if (const auto crc = filigree::crc32(out); crc != m.crc)
    fail("CRC-32", std::to_string(m.crc), std::to_string(crc) + ", corrupted");
  return out;
}

/// Bytes in raw deflate format, without a header, as zip requires.
[[nodiscard]] inline std::string deflated(std::string_view bytes) {
  zlib_state<deflateEnd> z;
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
  const auto size = narrow<uInt>(bytes.size(), "npz: bytes of a member");
  std::string out(deflateBound(&z, size), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = size;
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = narrow<uInt>(out.size(), "npz: bytes of a member");
  const int status = deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  if (status != Z_STREAM_END) throw error("npz: deflate: expected the end, got an error");
  return out;
}

/// Whether the columns of each row are strictly ascending; the row starts must be valid.
template <class Index, class Offset>
[[nodiscard]] bool is_sorted_csr(const std::vector<Offset>& row_begin,
                                 const std::vector<Index>& column) {
  for (std::size_t r = 0; r + 1 < row_begin.size(); ++r)
    for (auto k = row_begin[r] + 1; k < row_begin[r + 1]; ++k)
      if (column[static_cast<std::size_t>(k)] <= column[static_cast<std::size_t>(k - 1)])
        return false;
  return true;
}
/// Whether the row starts are non-decreasing from 0 to the number of entries.
template <class Offset>
[[nodiscard]] bool are_row_starts(const std::vector<Offset>& row_begin, std::size_t entries) {
  return !row_begin.empty() && row_begin.front() == 0 &&
         std::cmp_equal(row_begin.back(), entries) &&
         std::is_sorted(row_begin.begin(), row_begin.end());
}

}  // namespace detail

/// Reads a csr matrix written by scipy.sparse.save_npz or `write_npz`: arrays indptr and indices of
/// type <i4 or <i8, data of type <f4, <f8, <i4, <i8, |i1, |u1 or |b1. Rows whose columns are not
/// ascending are sorted. Throws `file_error` naming path and array for a file that is truncated or
/// corrupted, is not a csr matrix or does not fit the types, and for duplicates unless a policy
/// says how to handle them.
template <class T, class Index = index, class Offset = offset, backend B>
[[nodiscard]] csr<T, B, Index, Offset> read_npz(const B& on, const std::string& path,
                                                duplicates policy = duplicates::error) {
  const auto file = read_file(path);
  const auto members = detail::read_zip(path, file);
  // Each array is freed before the next one is unpacked.
  const auto with = [&](const std::string& name, const auto& use) {
    const auto m = std::ranges::find(members, name + ".npy", &detail::zip_member::name);
    if (m == members.end()) throw file_error(path + ": array " + name + ": expected one, got none");
    const auto where = path + ": " + name;
    const auto bytes = detail::unpack(where, *m);
    return use(detail::npy_array(where, bytes));
  };
  const auto format = with("format", [](const detail::npy_array& a) {
    std::string letters;
    for (const char c : a.bytes())
      if (c) letters += c;  // UTF-32 or ASCII
    return letters;
  });
  if (format != "csr") throw file_error(path + ": format: expected csr, got " + format);
  const auto sizes = with("shape", [](const auto& a) { return a.template values<offset>(); });
  if (sizes.size() != 2)
    throw file_error(path + ": shape: expected 2 sizes, got " + std::to_string(sizes.size()));
  const shape s{sizes[0], sizes[1]};
  const auto begin = with("indptr", [](const auto& a) { return a.template values<Offset>(); });
  const auto column = with("indices", [](const auto& a) { return a.template values<Index>(); });
  const auto value = with("data", [](const auto& a) { return a.template values<T>(); });
  try {
    const bool sensible = detail::are_row_starts(begin, column.size());
    if (!sensible || std::cmp_not_equal(begin.size() - 1, s.rows) ||
        detail::is_sorted_csr(begin, column))
      return {on, s, begin, column, value};
    std::vector<Index> row;
    for (std::size_t r = 0; r + 1 < begin.size(); ++r)
      row.insert(row.end(), static_cast<std::size_t>(begin[r + 1] - begin[r]),
                 static_cast<Index>(r));
    return csr<T, B, Index, Offset>::from_entries(on, s, row, column, value, policy);
  } catch (const error& e) {
    throw file_error(path + ": " + e.what());
  }
}

/// Writes a csr matrix in the format of scipy.sparse.save_npz, readable by scipy.sparse.load_npz.
/// The file is written atomically. Throws `file_error`, and `range_error` for 4 GiB or more.
template <class T, backend B, class Index, class Offset>
void write_npz(const B& on, const std::string& path, const csr<T, B, Index, Offset>& a,
               npz_packing packing = npz_packing::deflated) {
  std::vector<detail::zip_member> members;
  std::vector<std::string> packed;
  packed.reserve(5);  // members point into it
  const auto add = [&](const std::string& name, std::string bytes) {
    detail::zip_member m;
    m.name = name + ".npy";
    m.crc = filigree::crc32(bytes);
    m.size = bytes.size();
    if (packing == npz_packing::deflated) {
      m.method = detail::zip_member::deflated;
      bytes = detail::deflated(bytes);
    }
    packed.push_back(std::move(bytes));
    m.packed = packed.back();
    members.push_back(std::move(m));
  };
  const auto host = a.to_host(on);
  // SciPy wants both index arrays to have the same type, the smaller one if it suffices.
  const auto add_index = [&]<class I>(I) {
    add("indices", detail::npy_bytes(std::vector<I>(host.column.begin(), host.column.end())));
    add("indptr", detail::npy_bytes(std::vector<I>(host.row_begin.begin(), host.row_begin.end())));
  };
  if (std::max(a.entries(), std::max(a.rows(), a.cols())) <=
      std::numeric_limits<std::int32_t>::max())
    add_index(std::int32_t{});
  else
    add_index(std::int64_t{});
  add("format", detail::npy_bytes("|S3", "()", "csr"));
  add("shape", detail::npy_bytes(std::vector<std::int64_t>{a.rows(), a.cols()}));
  add("data", detail::npy_bytes(host.value));
  write_file(path, detail::write_zip(members));
}

}  // namespace filigree
