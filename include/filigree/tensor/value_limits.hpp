// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/error.hpp>
#include <filigree/kernels/wide.hpp>
#include <filigree/tensor/fetch.hpp>

#include <limits>
#include <string>
#include <type_traits>

namespace filigree::detail {

[[nodiscard]] inline std::string to_string(kernels::int128 x) {
  std::string digits;
  const bool negative = x < 0;
  do {
    const auto digit = static_cast<int>(x % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
    x /= 10;
  } while (x != 0);
  return negative ? '-' + digits : digits;
}

/// Throws `range_error`: `what: expected -128 to 127, got 256`.
template <class Limit>
[[noreturn]] void fail_to_fit(const std::string& what, const std::string& got) {
  throw range_error(what + ": expected " + std::to_string(std::numeric_limits<Limit>::lowest()) +
                    " to " + std::to_string(std::numeric_limits<Limit>::max()) + ", got " + got);
}

/// Throws `range_error` if the integers of one of n ranges add up to a sum that Limit cannot hold.
/// Range s is begin[s] up to, but not including, begin[s + 1], into `order`, or directly into the
/// values if `order` is null. describe(s) names the sum. Waits for the backend; free for
/// floating-point numbers.
template <class Limit, class Order = offset, class T, backend B, class Begin, class Describe>
void expect_sums_fit(const B& on, const Begin* begin, offset n, const Order* order, const T* value,
                     const Describe& describe) {
  if constexpr (std::is_integral_v<T>) {
    const auto bad =
        on.select(n, kernels::sum_outside<Limit, T, Begin, Order>{begin, order, value});
    if (bad.size() == 0) return;
    const offset s = fetch(on, bad.data());
    const auto first = static_cast<offset>(fetch(on, begin + s)),
               last = static_cast<offset>(fetch(on, begin + s + 1));
    kernels::int128 sum = 0;
    for (offset k = first; k < last; ++k)
      sum += fetch(on, value + (order ? static_cast<offset>(fetch(on, order + k)) : k));
    fail_to_fit<Limit>(describe(s), to_string(sum));
  }
}

}  // namespace filigree::detail
