// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/printable.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace filigree {

/// The base of all errors of filigree: a message of the form `operation: thing: expected A, got B`.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Two shapes, or a shape and a setting, do not match: `spmm: rows of x: expected 120, got 96`.
struct shape_error : error {
  shape_error(std::string_view what, std::int64_t expected, std::int64_t got)
      : error(std::string(what) + ": expected " + std::to_string(expected) + ", got " +
              std::to_string(got)) {}
};

/// A value is out of range: `csr: column of entry 7: expected below 4, got 9`.
struct range_error : error {
  using error::error;
};

/// A file cannot be read, written or parsed: `path:line: what is wrong: the text`. Bytes that are
/// unsafe for a terminal appear as \xHH.
struct file_error : error {
  explicit file_error(std::string_view what) : error(detail::printable(what)) {}
};

/// The system has less memory than requested: `memory: expected 5100 MiB, got none`.
struct memory_error : error {
  explicit memory_error(std::uint64_t bytes)
      : error("memory: expected " + mib(bytes) + ", got none") {}
  /// Same, for a device: `memory of NVIDIA H100: expected 5100 MiB, got 300 MiB free of 81000 MiB`.
  memory_error(const std::string& memory, std::uint64_t bytes, std::uint64_t free,
               std::uint64_t total)
      : error(memory + ": expected " + mib(bytes) + ", got " + mib(free) + " free of " +
              mib(total)) {}

 private:
  static std::string mib(std::uint64_t bytes) {
    return std::to_string(bytes ? ((bytes - 1) >> 20) + 1 : 0) + " MiB";
  }
};

namespace detail {
/// Throws `shape_error` unless both numbers are equal.
inline void expect_equal(std::string_view what, std::int64_t expected, std::int64_t got) {
  if (expected != got) throw shape_error(what, expected, got);
}
}  // namespace detail

}  // namespace filigree
