// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/views.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

static_assert(std::endian::native == std::endian::little, "archive: expected little-endian");

namespace detail {
/// The letter and the size that name a scalar type in a file.
template <class T>
[[nodiscard]] std::string type_name() {
  static_assert(std::is_arithmetic_v<T>);
  if (std::is_same_v<T, char>) return "i8";  // on machines without a sign on char too
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  return kind + std::to_string(8 * sizeof(T));
}
}  // namespace detail

/// Named arrays in one file: magic, version, records, CRC-32. What checkpoints and saved models are
/// made of. Little-endian.
class archive_writer {
 public:
  /// An array of a shape.
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
      if (not_finite_.empty() && !std::ranges::all_of(values, [](T v) { return is_finite(v * v); }))
        not_finite_ = name;
  }
  template <class T>
  void put(const std::string& name, const std::vector<T>& values) {
    put(name, std::span<const T>(values), {1, static_cast<offset>(values.size())});
  }
  /// A number.
  template <class T>
  requires std::is_arithmetic_v<T>
  void put(const std::string& name, T value) { put(name, std::span<const T>(&value, 1), {1, 1}); }
  /// A text.
  void put(const std::string& name, std::string_view value) {
    put(name, std::span<const char>(value.data(), value.size()),
        {1, static_cast<offset>(value.size())});
  }
  /// Texts; throws `error` where one holds a line break.
  void put(const std::string& name, const std::vector<std::string>& values) {
    const auto broken =
        std::ranges::find_if(values, [](const std::string& v) { return v.find('\n') != v.npos; });
    if (broken != values.end())
      throw error("archive: " + name + ": expected texts of one line, got " + *broken);
    std::string lines;
    for (const auto& v : values) lines += v + '\n';
    put(name, std::string_view(lines));
  }

  /// Throws `error` where an array has a number that is infinite, NaN, or too large to be squared:
  /// what nobody should keep.
  void expect_finite(const std::string& operation) const {
    if (!not_finite_.empty())
      throw error(operation + ": " + not_finite_ +
                  ": expected numbers whose squares are finite, got others");
  }

  /// Writes the file as a whole or not at all; throws `file_error`.
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

/// Reads what archive_writer wrote. Every complaint is a `file_error` naming the file.
class archive_reader {
 public:
  /// Throws where the file is missing, is none of ours, has another version, is truncated, or its
  /// checksum is wrong.
  explicit archive_reader(const std::string& path) : archive_reader(path, read_file(path)) {}
  /// The same of bytes, which complaints call `path`.
  archive_reader(const std::string& path, std::string bytes)
      : path_(path), bytes_(std::move(bytes)) {
    constexpr std::size_t head = 8 + 4 + 8, tail = 4;
    if (bytes_.size() < head || bytes_.compare(0, 8, "filigree") != 0)
      fail("format", "a file of filigree", bytes_.empty() ? "an empty file" : "another");
    const auto version = load<std::uint32_t>(8);
    if (version != archive_writer::version)
      fail("version", std::to_string(archive_writer::version), std::to_string(version));
    const auto size = load<std::uint64_t>(12);
    if (bytes_.size() - head < tail || size != bytes_.size() - head - tail)
      fail("size", std::to_string(size) + " bytes of content",
           std::to_string(bytes_.size() - std::min(bytes_.size(), head + tail)) + " (truncated?)");
    const std::string_view content(bytes_.data() + head, size);
    const auto written = load<std::uint32_t>(head + size);
    if (const auto sum = crc32(content); sum != written)
      fail("checksum", std::to_string(written), std::to_string(sum) + " (corrupted?)");
    bytes_.resize(head + size);  // no record reaches into the checksum
    std::size_t at = head;
    while (at < bytes_.size()) {
      const std::string name(text(at));
      record r;
      r.type = text(at);
      r.extent.rows = static_cast<offset>(number(at));
      r.extent.cols = static_cast<offset>(number(at));
      r.data = text(at);
      if (!r.is_whole())
        fail("bytes of " + name,
             std::to_string(r.extent.rows) + " x " + std::to_string(r.extent.cols) + " of " +
                 std::string(r.type),
             std::to_string(r.data.size()));
      records_[name] = r;
    }
  }

  archive_reader(const archive_reader&) = delete;
  archive_reader& operator=(const archive_reader&) = delete;

  [[nodiscard]] bool has(const std::string& name) const { return records_.contains(name); }
  /// The names that begin with `prefix`, in alphabetical order.
  [[nodiscard]] std::vector<std::string> names(const std::string& prefix) const {
    std::vector<std::string> out;
    for (auto at = records_.lower_bound(prefix);
         at != records_.end() && at->first.starts_with(prefix); ++at)
      out.push_back(at->first);
    return out;
  }
  [[nodiscard]] shape shape_of(const std::string& name) const { return find(name).extent; }

  /// The elements of an array.
  template <class T>
  [[nodiscard]] std::vector<T> get(const std::string& name) const {
    const auto& r = find(name);
    if (r.type != detail::type_name<T>())
      fail("type of " + name, detail::type_name<T>(), std::string(r.type));
    std::vector<T> values(r.data.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), r.data.data(), values.size() * sizeof(T));
    return values;
  }
  template <class T>
  [[nodiscard]] T number(const std::string& name) const {
    const auto values = get<T>(name);
    if (values.size() != 1) fail("elements of " + name, "1", std::to_string(values.size()));
    return values[0];
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    const auto values = get<char>(name);
    return std::string(values.begin(), values.end());
  }
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const {
    std::vector<std::string> out;
    const auto all = text(name);
    for (std::size_t at = 0; at < all.size();) {
      const auto end = all.find('\n', at);
      if (end == all.npos) fail("texts of " + name, "a line break at the end", "none");
      out.push_back(all.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }

  /// Throws `file_error`: `path: thing: expected A, got B`.
  [[noreturn]] void fail(const std::string& thing, const std::string& expected,
                         const std::string& got) const {
    throw file_error(path_ + ": " + thing + ": expected " + expected + ", got " + got);
  }

 private:
  struct record {
    std::string_view type, data;
    shape extent;

    /// Whether the data are rows x cols elements of the type.
    [[nodiscard]] bool is_whole() const {
      std::size_t bits = 0;
      const auto* const end = type.data() + type.size();
      if (type.size() < 2 || std::from_chars(type.data() + 1, end, bits).ptr != end || bits < 8)
        return false;
      const auto elements = static_cast<std::int64_t>(data.size() / (bits / 8));
      if (data.size() % (bits / 8) || extent.rows < 0 || extent.cols < 0) return false;
      if (extent.rows == 0 || extent.cols == 0) return elements == 0;
      return elements % extent.rows == 0 && elements / extent.rows == extent.cols;
    }
  };

  template <class N>
  [[nodiscard]] N load(std::size_t at) const {
    N n;
    std::memcpy(&n, bytes_.data() + at, sizeof n);
    return n;
  }
  [[nodiscard]] std::uint64_t number(std::size_t& at) const {
    if (bytes_.size() - at < 8) fail("record", "8 bytes more", "the end");
    return load<std::uint64_t>(std::exchange(at, at + 8));
  }
  [[nodiscard]] std::string_view text(std::size_t& at) const {
    const auto size = number(at);
    if (size > bytes_.size() - at) fail("record", std::to_string(size) + " bytes more", "the end");
    return std::string_view(bytes_).substr(std::exchange(at, at + size), size);
  }
  [[nodiscard]] const record& find(const std::string& name) const {
    const auto at = records_.find(name);
    if (at == records_.end()) fail("content", name, "none of that name");
    return at->second;
  }

  std::string path_, bytes_;
  std::map<std::string, record> records_;
};

}  // namespace filigree
