// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/finite.hpp>

#include <concepts>
#include <string>
#include <type_traits>

namespace filigree::detail {

/// Throws `range_error`, `name: expected what, got value`, unless `holds`; a floating-point value
/// must be finite, too.
template <class T>
void expect_choice(const std::string& name, T value, bool holds, const std::string& what) {
  bool infinite = false;
  if constexpr (std::floating_point<T>) {
    holds = holds && is_finite(value);
    infinite = !is_finite(value) && !is_nan(value);
  }
  if (!holds)
    throw range_error(name + ": expected " + what + (infinite ? " and finite" : "") + ", got " +
                      std::to_string(value));
}
/// Throws `range_error` for a choice that is not finite.
template <std::floating_point T>
void expect_finite(const std::string& name, T value) {
  if (!is_finite(value))
    throw range_error(name + ": expected a finite number, got " + std::to_string(value));
}
/// Throws `range_error` for a choice below `least`, or not finite.
template <class T>
void expect_least(const std::string& name, T value, std::type_identity_t<T> least) {
  expect_choice(name, value, value >= least,
                "at least " + std::to_string(static_cast<long long>(least)));
}
/// Throws `range_error` for a choice that is not above 0, or not finite.
template <class T>
void expect_above_0(const std::string& name, T value) {
  expect_choice(name, value, value > 0, "above 0");
}
/// Throws `range_error` for a choice that is not from 0 to below 1.
template <class T>
void expect_share(const std::string& name, T value) {
  expect_choice(name, value, value >= 0 && value < 1, "0 to below 1");
}

}  // namespace filigree::detail
