// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/core/printable.hpp>
#include <filigree/core/views.hpp>
#include <filigree/data/archive_writer.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filigree {

/// Reads what archive_writer wrote. Every error is a `file_error` that names the file.
class archive_reader {
 public:
  /// Throws if the file is missing, is not a filigree file, has another version, is truncated, or
  /// has a wrong checksum.
  explicit archive_reader(const std::string& path) : archive_reader(path, read_file(path)) {}
  /// Same, for bytes in memory; error messages call them `path`.
  archive_reader(const std::string& path, std::string bytes)
      : path_(path), bytes_(std::move(bytes)) {
    constexpr std::size_t head = 8 + 4 + 8, tail = 4;
    if (bytes_.size() < head || bytes_.compare(0, 8, "filigree") != 0)
      fail("format", "a file of filigree",
           bytes_.empty() ? "an empty file"
                          : "one that begins \"" +
                                detail::printable(std::string_view(bytes_).substr(0, 8)) + '"');
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
    bytes_.resize(head + size);  // no record extends into the checksum
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

    /// Whether the data is rows x cols elements of the type.
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
