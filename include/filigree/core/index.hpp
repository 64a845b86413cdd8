// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace filigree {

/// Numbers rows, columns, users and items.
using index = std::int32_t;

/// Counts entries: does not overflow where an `index` could.
using offset = std::int64_t;

/// Converts to a narrower integer; throws `range_error` if the value does not fit.
template <std::integral To, std::integral From>
[[nodiscard]] constexpr To narrow(From value, std::string_view what) {
  using limits = std::numeric_limits<To>;
  if (std::cmp_greater(value, limits::max()))
    throw range_error(std::string(what) + ": expected at most " + std::to_string(limits::max()) +
                      ", got " + std::to_string(value));
  if (std::cmp_less(value, limits::min()))
    throw range_error(std::string(what) + ": expected at least " + std::to_string(limits::min()) +
                      ", got " + std::to_string(value));
  return static_cast<To>(value);
}

}  // namespace filigree
