// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <cstdint>
#include <filigree/core/error.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace filigree {

/// Numbers rows, columns, users and items.
using index = std::int32_t;

/// Counts entries: never overflows where an `index` could.
using offset = std::int64_t;

/// Converts to a narrower integer; throws `range_error` instead of losing bits.
template <std::integral To, std::integral From>
[[nodiscard]] constexpr To narrow(From value, std::string_view what) {
  if (!std::in_range<To>(value))
    throw range_error(std::string(what) + ": expected at most " +
                      std::to_string(std::numeric_limits<To>::max()) + ", got " +
                      std::to_string(value));
  return static_cast<To>(value);
}

}  // namespace filigree
