// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/append_number.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/file.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/index.hpp>
#include <filigree/data/read_number.hpp>

#include <charconv>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace filigree {

namespace detail {
/// The gzip decompressor: null unless <filigree/data/gzip.hpp>, which needs zlib, is included.
inline std::string (*gzip_reader)(const std::string& path, std::string_view packed) = nullptr;

/// The text of a file, decompressed if necessary.
[[nodiscard]] inline std::string unpacked(const std::string& path, std::string text) {
  if (!text.starts_with("\x1F\x8B")) return text;
  if (!gzip_reader)
    throw file_error(path +
                     ": expected text, got a gzip file (<filigree/data/gzip.hpp> reads it, "
                     "zcat unpacks it)");
  return gzip_reader(path, text);
}
}  // namespace detail

/// Iterates over the lines of a text file, and over the words or fields of each line:
///
///     line_reader in(path);
///     while (in.next())
///       for (auto w = in.word(); !w.empty(); w = in.word()) in.parse<index>(w, "item", 0);
///
/// Every error is a `file_error` of the form `path:line: thing: expected A, got B: "text"`.
class line_reader {
 public:
  /// Reads the whole file; throws `file_error` if it does not exist. A gzip file is decompressed in
  /// programs that include <filigree/data/gzip.hpp>, and rejected in others.
  explicit line_reader(const std::string& path) : line_reader(path, read_file(path)) {}
  /// Reads text that is already in memory; `name` replaces the path in error messages.
  line_reader(std::string name, std::string text)
      : path_(std::move(name)), text_(detail::unpacked(path_, std::move(text))), ahead_(text_) {
    if (ahead_.starts_with("\xEF\xBB\xBF")) ahead_.remove_prefix(3);
  }
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;

  /// Advances to the next line; false at the end of the file. Lines end in \n or \r\n.
  bool next() {
    if (ahead_.empty()) return false;
    const auto end = ahead_.find('\n');
    line_ = ahead_.substr(0, end);
    ahead_.remove_prefix(end == ahead_.npos ? ahead_.size() : end + 1);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    rest_ = line_;
    more_ = true;
    ++number_;
    return true;
  }

  /// The current line without its line ending.
  [[nodiscard]] std::string_view line() const { return line_; }
  /// The number of the current line, from 1; 0 before the first.
  [[nodiscard]] offset number() const { return number_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The number of bytes in the file, decompressed.
  [[nodiscard]] offset size() const { return static_cast<offset>(text_.size()); }
  /// Whether the line contains only blanks.
  [[nodiscard]] bool blank() const { return trim(line_).empty(); }

  /// The next word of the line, delimited by blanks or tabs; empty if there is none left.
  std::string_view word() {
    rest_ = trim(rest_);
    const auto end = rest_.find_first_of(blanks);
    const auto word = rest_.substr(0, end);
    rest_.remove_prefix(word.size());
    more_ = !trim(rest_).empty();
    return word;
  }
  /// The next field of the line, up to `separator` and without surrounding blanks; may be empty.
  std::string_view field(char separator) {
    const auto end = rest_.find(separator);
    const auto field = rest_.substr(0, end);
    more_ = end != rest_.npos;
    rest_.remove_prefix(more_ ? end + 1 : rest_.size());
    return trim(field);
  }
  /// Whether a word or a field is left on this line.
  [[nodiscard]] bool more() const { return more_; }

  /// The number written in `token`, within [low, high]. A floating-point number must be finite.
  /// Throws `file_error` for anything else: `a.txt:3: item: expected 0 to 2147483647, got -1: "4
  /// -1"`.
  template <filigree::number T>
  [[nodiscard]] T parse(std::string_view token, std::string_view thing,
                        T low = std::numeric_limits<T>::lowest(),
                        T high = std::numeric_limits<T>::max()) const {
    const auto written = token;
    if (token.size() > 1 && token[0] == '+' && token[1] != '-') token.remove_prefix(1);
    T value{};
    auto [end, status] = detail::read_number(token, value);
    if (status == std::errc::invalid_argument || end != token.data() + token.size())
      fail(thing, std::integral<T> ? "an integer" : "a number", quoted(written));
    if constexpr (std::floating_point<T>)
      if (status == std::errc::result_out_of_range && tiny(token)) {
        value = 0;
        status = {};
      }
    bool number = status == std::errc{};
    if constexpr (std::floating_point<T>) number = number && is_finite(value);
    if (!number || value < low || value > high)
      fail(thing, range(low, high), detail::shortened(written));
    return value;
  }

  /// Throws `file_error`: `path:line: what: "text of the line"`.
  [[noreturn]] void fail(std::string_view what) const {
    throw file_error(path_ + ":" + std::to_string(number_) + ": " + std::string(what) + ": " +
                     quoted(line_));
  }
  /// Throws `file_error`: `path:line: thing: expected A, got B: "text of the line"`.
  [[noreturn]] void fail(std::string_view thing, std::string_view expected,
                         std::string_view got) const {
    fail(std::string(thing) + ": expected " + std::string(expected) + ", got " + std::string(got));
  }
  /// Throws `file_error` about the file as a whole: `path: thing: expected A, got B`.
  [[noreturn]] void fail_file(std::string_view thing, std::string_view expected,
                              std::string_view got) const {
    throw file_error(path_ + ": " + std::string(thing) + ": expected " + std::string(expected) +
                     ", got " + std::string(got));
  }

  /// The text in quotation marks, cut to 80 bytes; an empty text becomes `nothing`.
  [[nodiscard]] static std::string quoted(std::string_view text) {
    return text.empty() ? "nothing" : '"' + detail::shortened(text) + '"';
  }

 private:
  static constexpr std::string_view blanks = " \t";

  static std::string_view trim(std::string_view s) {
    const auto first = s.find_first_not_of(blanks);
    if (first == s.npos) return s.substr(s.size());
    return s.substr(first, s.find_last_not_of(blanks) - first + 1);
  }
  template <class T>
  static std::string range(T low, T high) {
    std::string out;
    if (std::floating_point<T> && high == std::numeric_limits<T>::max()) {
      if (low == std::numeric_limits<T>::lowest()) return "a finite number";
      append_number(out += "at least ", low);
      return out;
    }
    append_number(out, low);
    append_number(out += " to ", high);
    return out;
  }
  /// Whether a number that is out of range for T is too close to zero rather than too large.
  static bool tiny(std::string_view token) {
    long double value = 0;
    const auto status = detail::read_number(token, value).ec;
    if (status == std::errc{}) return value > -1 && value < 1;
    return token.find("e-") != token.npos || token.find("E-") != token.npos;
  }

  std::string path_, text_;
  std::string_view ahead_, line_, rest_;
  offset number_ = 0;
  bool more_ = false;
};

}  // namespace filigree
