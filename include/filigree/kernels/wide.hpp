// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// What values of T are added up in: 64 bits for integers, T itself for floating-point numbers.
template <class T>
using sum_of =
    std::conditional_t<std::is_integral_v<T>,
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>, T>;

/// a + b. Integers wrap around: `sum_outside` finds the sums that would.
template <class Sum>
[[nodiscard]] FILIGREE_FN constexpr Sum plus(Sum a, Sum b) {
  if constexpr (std::is_integral_v<Sum>)
    return static_cast<Sum>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  else
    return a + b;
}

/// Holds every 64-bit integer and what some 2^63 of them add up to.
__extension__ typedef __int128 int128;

/// Holds for a range of entries, begin[s] to before begin[s + 1] of `order` (null: as they stand),
/// whose integers add up to what Limit cannot hold.
template <class Limit, class T, class Begin, class Order>
struct sum_outside {
  static constexpr offset grain = 512;
  const Begin* begin;
  const Order* order;
  const T* value;
  FILIGREE_FN bool operator()(offset s) const {
    int128 total = 0;
    for (auto k = static_cast<offset>(begin[s]); k < static_cast<offset>(begin[s + 1]); ++k)
      total += value[order ? static_cast<offset>(order[k]) : k];
    return total < std::numeric_limits<Limit>::lowest() ||
           total > std::numeric_limits<Limit>::max();
  }
};

/// Holds for a value that To cannot hold: beyond its range, or no number where To has integers.
/// What stands behind the point is cut off.
template <class To, class From>
struct does_not_fit {
  const From* value;
  FILIGREE_FN bool operator()(offset k) const {
    const From x = value[k];
    if constexpr (std::is_integral_v<From> && std::is_integral_v<To>)
      return static_cast<int128>(x) < std::numeric_limits<To>::lowest() ||
             static_cast<int128>(x) > std::numeric_limits<To>::max();
    else if constexpr (std::is_integral_v<To>)  // the power of two above To is exact in From
      return !(x > static_cast<From>(std::numeric_limits<To>::lowest()) - 1 ||
               x == static_cast<From>(std::numeric_limits<To>::lowest())) ||
             !(x < 2 * static_cast<From>(std::numeric_limits<To>::max() / 2 + 1));
    else if constexpr (sizeof(To) < sizeof(From) && std::is_floating_point_v<From>)
      return (x > std::numeric_limits<To>::max() && x <= std::numeric_limits<From>::max()) ||
             (x < std::numeric_limits<To>::lowest() && x >= std::numeric_limits<From>::lowest());
    else
      return false;
  }
};

/// Holds where value[k] * factor[at[k]] leaves the range of the integer T.
template <class T, class Index>
struct product_outside {
  const T *value, *factor;
  const Index* at;
  FILIGREE_FN bool operator()(offset k) const {
    const auto product = static_cast<int128>(value[k]) * factor[at[k]];
    return product < std::numeric_limits<T>::lowest() || product > std::numeric_limits<T>::max();
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
