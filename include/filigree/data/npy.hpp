// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/index.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree::detail {

static_assert(std::endian::native == std::endian::little,
              "npy: arrays are read and written as they lie in memory: expected little-endian");

/// NumPy's name for a scalar type: <f4, <i8, ...
template <class T>
[[nodiscard]] std::string npy_type() {
  return (sizeof(T) == 1 ? "|" : "<") +
         std::string(std::floating_point<T> ? "f"
                     : std::is_signed_v<T>  ? "i"
                                            : "u") +
         std::to_string(sizeof(T));
}

/// Whether a floating-point T represents this integer exactly.
template <std::floating_point T>
[[nodiscard]] constexpr bool holds(std::int64_t v) {
  const auto bits = static_cast<std::uint64_t>(v);
  const auto size = v < 0 ? 0 - bits : bits;
  return size == 0 || static_cast<int>(std::bit_width(size)) - std::countr_zero(size) <=
                          std::numeric_limits<T>::digits;
}

/// A view of an in-memory array in NumPy's npy format, versions 1 to 3.
class npy_array {
 public:
  /// Throws a `file_error` whose message starts with `where` unless the bytes are a complete array.
  npy_array(std::string where, std::string_view bytes) : where_(std::move(where)) {
    if (!bytes.starts_with("\x93NUMPY")) fail("npy header", "the mark \\x93NUMPY", "none");
    const auto number = [&](std::size_t at, std::size_t count) {
      std::uint32_t n = 0;
      if (bytes.size() < at + count) fail("npy header", "a whole one", "the end");
      std::memcpy(&n, bytes.data() + at, count);
      return n;
    };
    const auto version = number(6, 1);
    if (version < 1 || version > 3) fail("npy version", "1 to 3", std::to_string(version));
    const std::size_t begin = version == 1 ? 10 : 12, size = number(8, begin - 8);
    if (size > bytes.size() - begin) fail("npy header", "a whole one", "the end");
    const auto header = bytes.substr(begin, size);
    bytes_ = bytes.substr(begin + size);
    type_ = text_of(header, "descr");
    read_shape(value_of(header, "shape"));
    if (value_of(header, "fortran_order").starts_with("True") && shape_.size() > 1)
      fail("npy order", "rows first (C)", "columns first (Fortran)");
    offset count = 1;
    for (const auto s : shape_)
      if (s > 0 && count > static_cast<offset>(bytes_.size()) / s)
        count = static_cast<offset>(bytes_.size()) + 1;  // too many, without overflow
      else
        count *= s;
    if (static_cast<std::uint64_t>(count) * item_size() != bytes_.size())
      fail("bytes of data", std::to_string(count) + " * " + std::to_string(item_size()),
           std::to_string(bytes_.size()));
  }

  /// The bytes of the elements.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  /// The elements of a one-dimensional array as T. Throws `file_error` for other types and for a
  /// number that T cannot represent; floating-point numbers are rounded.
  template <class T>
  [[nodiscard]] std::vector<T> values() const {
    if (shape_.size() != 1) fail("dimensions", "1", std::to_string(shape_.size()));
    std::vector<T> out;
    const bool known =
        (read_as<std::int32_t>(out) || read_as<std::int64_t>(out) || read_as<std::int8_t>(out) ||
         read_as<std::uint8_t>(out) || read_as<std::uint8_t>(out, "|b1") ||
         (std::floating_point<T> && (read_as<float>(out) || read_as<double>(out))));
    if (!known)
      fail("type",
           std::floating_point<T> ? "<f4, <f8, <i4, <i8, |i1, |u1 or |b1"
                                  : "<i4, <i8, |i1, |u1 or |b1",
           type_);
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& expected,
                         const std::string& got) const {
    throw file_error(where_ + ": " + what + ": expected " + expected + ", got " + got);
  }
  /// The text after 'key': in the header.
  [[nodiscard]] std::string_view value_of(std::string_view header, const std::string& key) const {
    const auto at = header.find("'" + key + "':");
    if (at == header.npos) fail("npy header", "the key " + key, "none");
    const auto value = header.substr(at + key.size() + 3);
    return value.substr(std::min(value.find_first_not_of(' '), value.size()));
  }
  [[nodiscard]] std::string text_of(std::string_view header, const std::string& key) const {
    const auto value = value_of(header, key);
    const auto end = value.find('\'', 1);
    if (!value.starts_with('\'') || end == value.npos)
      fail("npy " + key, "a plain type", "a structured one");
    return std::string(value.substr(1, end - 1));
  }
  void read_shape(std::string_view list) {
    const auto end = list.find(')');
    if (!list.starts_with('(') || end == list.npos) fail("npy shape", "a list", "none");
    for (list = list.substr(1, end - 1); !list.empty();) {
      const auto token = list.substr(0, list.find(','));
      list.remove_prefix(std::min(token.size() + 1, list.size()));
      const auto first = token.find_first_not_of(' ');
      if (first == token.npos) continue;
      offset n = 0;
      const auto [stop, status] =
          std::from_chars(token.data() + first, token.data() + token.size(), n);
      if (status != std::errc{} || stop != token.data() + token.size() || n < 0)
        fail("npy shape", "sizes", "\"" + shortened(token) + "\"");
      shape_.push_back(n);
    }
  }
  [[nodiscard]] std::uint64_t item_size() const {
    std::uint64_t n = 0;
    if (type_.size() > 2) std::from_chars(type_.data() + 2, type_.data() + type_.size(), n);
    if (n < 1 || n > 1024) fail("type", "one with a size", type_);
    return type_[1] == 'U' ? 4 * n : n;
  }
  template <class From, class T>
  bool read_as(std::vector<T>& out, const std::string& type = npy_type<From>()) const {
    if (type_ != type) return false;
    out.resize(bytes_.size() / sizeof(From));
    for (std::size_t k = 0; k < out.size(); ++k) {
      From v{};
      std::memcpy(&v, bytes_.data() + k * sizeof(From), sizeof(From));
      out[k] = static_cast<T>(v);
      bool kept = true;
      if constexpr (std::integral<From> && std::integral<T>)
        kept = std::in_range<T>(v);
      else if constexpr (std::integral<From> && std::floating_point<T>)
        kept = holds<T>(v);
      else if constexpr (std::floating_point<From> && std::floating_point<T>)
        kept = is_finite(out[k]) == is_finite(v);
      if (kept) continue;
      std::string got;
      append_number(got, v);
      fail("element " + std::to_string(k), "a number that fits " + npy_type<T>(), got);
    }
    return true;
  }

  std::string where_, type_;
  std::vector<offset> shape_;
  std::string_view bytes_;
};

/// The bytes of an array in npy format, version 1. `shape` is written as given: "(3,)".
[[nodiscard]] inline std::string npy_bytes(const std::string& type, const std::string& shape,
                                           std::string_view data) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  constexpr std::size_t before = 10, alignment = 64;
  header.append(alignment - 1 - (before + header.size()) % alignment, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 0xFF);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out += data;
  return out;
}

/// Same, for a one-dimensional array of numbers.
template <class T>
[[nodiscard]] std::string npy_bytes(const std::vector<T>& values) {
  return npy_bytes(npy_type<T>(), "(" + std::to_string(values.size()) + ",)",
                   {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

}  // namespace filigree::detail
