// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cerrno>
#include <charconv>
#include <clocale>
#include <concepts>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace filigree::detail {

/// `std::from_chars` for a floating-point number, implemented with `strtod` and independent of the
/// locale: for standard libraries that support only integers. Does not accept leading blanks, a
/// leading + or hexadecimal.
template <std::floating_point T>
[[nodiscard]] std::from_chars_result from_chars_slowly(std::string_view token, T& value) {
  std::string text(token.substr(0, token.find_first_of("xX")));
  if (text.find_first_of(" \t\n\v\f\r+") == 0) text.clear();
  const std::string_view point = std::localeconv()->decimal_point;
  if (const auto at = text.find('.'); at != text.npos) text.replace(at, 1, point);
  const int before = errno;
  errno = 0;
  char* end = nullptr;
  T read{};
  if constexpr (std::same_as<T, float>)
    read = std::strtof(text.c_str(), &end);
  else if constexpr (std::same_as<T, double>)
    read = std::strtod(text.c_str(), &end);
  else
    read = std::strtold(text.c_str(), &end);
  const bool fits = errno != ERANGE || (read != 0 && read - read == 0);
  errno = before;
  auto used = static_cast<std::size_t>(end - text.c_str());
  if (used == 0) return {token.data(), std::errc::invalid_argument};
  if (const auto at = token.find('.'); at < used) used -= point.size() - 1;
  if (fits) value = read;
  return {token.data() + used, fits ? std::errc{} : std::errc::result_out_of_range};
}

/// Reads the number at the beginning of `token`, like `std::from_chars`.
template <class T>
[[nodiscard]] std::from_chars_result read_number(std::string_view token, T& value) {
  const char *begin = token.data(), *end = begin + token.size();
  if constexpr (std::integral<T> || requires { std::from_chars(begin, end, value); })
    return std::from_chars(begin, end, value);
  else
    return from_chars_slowly(token, value);
}

}  // namespace filigree::detail
