// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The type in which values of T are accumulated: 64 bits for integers, T itself for floating-point
/// numbers.
template <class T>
using sum_of =
    std::conditional_t<std::is_integral_v<T>,
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>, T>;

/// a + b. Integers wrap around: `sum_outside` finds sums that overflow.
template <class Sum>
[[nodiscard]] FILIGREE_FN constexpr Sum plus(Sum a, Sum b) {
  if constexpr (std::is_integral_v<Sum>)
    return static_cast<Sum>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  else
    return a + b;
}

/// Holds every 64-bit integer and any sum of about 2^63 of them.
__extension__ typedef __int128 int128;

/// The range of T as constants, since device code cannot call the functions.
template <class T>
struct range_of {
  static constexpr T lowest = std::numeric_limits<T>::lowest(),
                     most = std::numeric_limits<T>::max();
};

/// Holds for a range of entries, begin[s] up to, but not including, begin[s + 1], into `order`
/// (null: into the values), whose integers add up to a sum that Limit cannot hold.
template <class Limit, class T, class Begin, class Order>
struct sum_outside {
  static constexpr offset grain = 512;
  const Begin* begin;
  const Order* order;
  const T* value;
  FILIGREE_FN bool operator()(offset s) const {
    constexpr Limit lowest = range_of<Limit>::lowest, most = range_of<Limit>::most;
    int128 total = 0;
    for (auto k = static_cast<offset>(begin[s]); k < static_cast<offset>(begin[s + 1]); ++k)
      total += value[order ? static_cast<offset>(order[k]) : k];
    return total < lowest || total > most;
  }
};

/// Holds for a value that To cannot hold: out of its range, or NaN if To is an integer type.
/// Fractions are truncated.
template <class To, class From>
struct does_not_fit {
  const From* value;
  FILIGREE_FN bool operator()(offset k) const {
    constexpr To lowest = range_of<To>::lowest, most = range_of<To>::most;
    const From x = value[k];
    if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
      return static_cast<int128>(x) < lowest || static_cast<int128>(x) > most;
    } else if constexpr (std::is_integral_v<To>) {  // the power of two above To is exact in From
      constexpr From low = static_cast<From>(lowest), above = 2 * static_cast<From>(most / 2 + 1);
      return !(x > low - 1 || x == low) || !(x < above);
    } else if constexpr (sizeof(To) < sizeof(From) && std::is_floating_point_v<From>) {
      constexpr From infinite = range_of<From>::most;
      return (x > most && x <= infinite) || (x < lowest && x >= -infinite);
    } else {
      return false;
    }
  }
};

/// Holds if value[k] * factor[at[k]] is out of range for the integer type T.
template <class T, class Index>
struct product_outside {
  const T *value, *factor;
  const Index* at;
  FILIGREE_FN bool operator()(offset k) const {
    constexpr T lowest = range_of<T>::lowest, most = range_of<T>::most;
    const auto product = static_cast<int128>(value[k]) * factor[at[k]];
    return product < lowest || product > most;
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
