// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/append_number.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/views.hpp>
#include <filigree/core/write_file.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace filigree {

static_assert(std::endian::native == std::endian::little, "archive: expected little-endian");

namespace detail {
/// The letter and size that name a scalar type in a file.
template <class T>
[[nodiscard]] std::string type_name() {
  static_assert(std::is_arithmetic_v<T>);
  if (std::is_same_v<T, char>) return "i8";  // even if char is unsigned
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  return kind + std::to_string(8 * sizeof(T));
}
}  // namespace detail

/// Named arrays in one file: magic, version, records, CRC-32. Checkpoints and saved models use this
/// format. Little-endian.
class archive_writer {
 public:
  /// Adds an array of the given shape.
  template <class T>
  void put(const std::string& name, std::span<const T> values, shape s) {
    detail::expect_equal("archive: elements of " + name, s.size(),
                         static_cast<offset>(values.size()));
    text(name);
    text(detail::type_name<T>());
    number(static_cast<std::uint64_t>(s.rows));
    number(static_cast<std::uint64_t>(s.cols));
    number(values.size_bytes());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    if constexpr (std::is_floating_point_v<T>)
      if (not_finite_.empty()) {
        const auto bad =
            std::ranges::find_if(values, [](T v) { return !is_finite(v * v); }) - values.begin();
        if (bad < std::ssize(values)) {
          not_finite_ = name + ": expected numbers whose squares are finite, got ";
          append_number(not_finite_, values[static_cast<std::size_t>(bad)]);
        }
      }
  }
  template <class T>
  void put(const std::string& name, const std::vector<T>& values) {
    put(name, std::span<const T>(values), {1, static_cast<offset>(values.size())});
  }
  /// Adds a number.
  template <class T>
  requires std::is_arithmetic_v<T>
  void put(const std::string& name, T value) { put(name, std::span<const T>(&value, 1), {1, 1}); }
  /// Adds a string.
  void put(const std::string& name, std::string_view value) {
    put(name, std::span<const char>(value.data(), value.size()),
        {1, static_cast<offset>(value.size())});
  }
  /// Adds strings; throws `error` if one contains a line break.
  void put(const std::string& name, const std::vector<std::string>& values) {
    const auto broken =
        std::ranges::find_if(values, [](const std::string& v) { return v.find('\n') != v.npos; });
    if (broken != values.end())
      throw error("archive: " + name + ": expected texts of one line, got " + *broken);
    std::string lines;
    for (const auto& v : values) lines += v + '\n';
    put(name, std::string_view(lines));
  }

  /// Throws `error` if an array contains a number that is infinite, NaN, or too large to be
  /// squared; such values should not be saved.
  void expect_finite(const std::string& operation) const {
    if (!not_finite_.empty()) throw error(operation + ": " + not_finite_);
  }

  /// Writes the file atomically; throws `file_error`.
  void save(const std::string& path) const {
    const auto head = first_bytes(), tail = last_bytes();
    const std::string_view parts[] = {head, bytes_, tail};
    write_file(path, parts);
  }
  /// What `save` writes.
  [[nodiscard]] std::string bytes() const { return first_bytes() + bytes_ + last_bytes(); }

  static constexpr std::uint32_t version = 1;

 private:
  [[nodiscard]] std::string first_bytes() const {
    std::string head = "filigree";
    append(head, version);
    append(head, static_cast<std::uint64_t>(bytes_.size()));
    return head;
  }
  [[nodiscard]] std::string last_bytes() const {
    std::string tail;
    append(tail, crc32(bytes_));
    return tail;
  }
  template <class N>
  static void append(std::string& to, N n) {
    to.append(reinterpret_cast<const char*>(&n), sizeof n);
  }
  void number(std::uint64_t n) { append(bytes_, n); }
  void text(std::string_view t) {
    number(t.size());
    bytes_ += t;
  }
  std::string bytes_, not_finite_;
};

}  // namespace filigree
