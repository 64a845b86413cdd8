// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/append_number.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/vectors.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace filigree::detail::inline FILIGREE_VECTORS {

/// Whether a value is finite; integers always are.
template <number T>
[[nodiscard]] bool is_finite_choice(T value) {
  if constexpr (std::floating_point<T>)
    return is_finite(value);
  else
    return true;
}
/// Throws `range_error`, `name: expected what, got value`, unless `holds` is true and the value is
/// finite.
template <number T>
void expect_choice(std::string_view name, T value, bool holds, std::string_view what) {
  if (holds && is_finite_choice(value)) return;
  std::string text(name);
  ((text += ": expected ") += what) += holds ? " and finite, got " : ", got ";
  append_number(text, value);
  throw range_error(text);
}
/// Throws `range_error` for a value that is not finite.
template <std::floating_point T>
void expect_finite(std::string_view name, T value) {
  expect_choice(name, value, is_finite(value), "a finite number");
}
/// Throws `range_error` for a value that is below `least` or not finite.
template <number T>
void expect_least(std::string_view name, T value, std::type_identity_t<T> least) {
  if (value >= least && is_finite_choice(value)) return;
  std::string what = "at least ";
  append_number(what, least);
  expect_choice(name, value, value >= least, what);
}
/// Throws `range_error` for a value that is not above 0 or not finite.
template <number T>
void expect_above_0(std::string_view name, T value) {
  expect_choice(name, value, value > 0, "above 0");
}
/// Throws `range_error` for a value outside [0, 1).
template <std::floating_point T>
void expect_below_1(std::string_view name, T value) {
  expect_choice(name, value, value >= 0 && value < 1, "0 to below 1");
}
/// Throws `range_error` for a share outside (0, 1).
template <std::floating_point T>
void expect_between_0_and_1(std::string_view name, T value) {
  expect_choice(name, value, value > 0 && value < 1, "between 0 and 1");
}
/// Throws `range_error` for a share outside [0, 1].
template <std::floating_point T>
void expect_0_to_1(std::string_view name, T value) {
  expect_choice(name, value, value >= 0 && value <= 1, "0 to 1");
}

}  // namespace filigree::detail::inline FILIGREE_VECTORS
