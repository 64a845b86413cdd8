// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/random.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/data/shuffle.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Two parts of one data set, with the same users, items and names.
struct split_data {
  interactions train, held_out;
};

/// Holds out each interaction with probability `share`, whichever user it belongs to.
struct random_share {
  float share = 0.2f;      ///< between 0 and 1
  std::uint64_t seed = 1;  ///< for the draw
};

/// Holds out `share` of each user's items, rounded and drawn at random; at least one stays in
/// training.
struct leave_out {
  float share = 0.2f;      ///< between 0 and 1
  std::uint64_t seed = 1;  ///< for the draw
};

/// Holds out the last interaction of each user who has more than one (ties: the larger item).
struct leave_last {};

/// Holds out the last `share` of all interactions by time, whichever user they belong to (ties: by
/// user, then item); at least one stays in training. Users and items that occur only in the
/// held-out part stay in the catalog.
struct by_time {
  float share = 0.2f;  ///< between 0 and 1
};

namespace detail {

inline void expect_times(const interactions& all) {
  if (all.size() && all.times().empty())
    throw error("split: times: expected one for each interaction, got none");
}

[[nodiscard]] inline std::string share_of(float share, offset count) {
  std::string out = "a share of ";
  append_number(out, share);
  return out + " of " + std::to_string(count) + " interactions";
}
[[nodiscard]] inline offset most_of_a_user(const interactions& all) {
  std::size_t most = 0;
  for (index u = 0; u < all.users(); ++u) most = std::max(most, all.items_of(u).size());
  return static_cast<offset>(most);
}

/// Puts interaction k, in the order of pairs(), into the held-out part if held[k] is set. Throws a
/// `range_error` whose message ends in `how` if nothing is held out.
[[nodiscard]] inline split_data divide(const interactions& all, const std::vector<char>& held,
                                       const std::string& how) {
  std::vector<interaction> kept, out;
  const auto pairs = all.pairs();
  for (std::size_t k = 0; k < pairs.size(); ++k) (held[k] ? out : kept).push_back(pairs[k]);
  if (out.empty())
    throw range_error("split: held-out interactions: expected at least 1, got 0: " + how);
  const auto part = [&](std::vector<interaction> some) {
    interactions data(std::move(some), all.users(), all.items(), !all.times().empty());
    data.user_names = all.user_names;
    data.item_names = all.item_names;
    return data;
  };
  return {part(std::move(kept)), part(std::move(out))};
}

}  // namespace detail

// Each throws `range_error` if nothing would be held out.

/// Splits at random; throws `range_error` unless 0 < share < 1. The draw depends only on the seed.
[[nodiscard]] inline split_data split(const interactions& all, random_share how) {
  detail::expect_between_0_and_1("split: share", how.share);
  const philox random{how.seed, 0x73706c6974};
  std::vector<char> held(static_cast<std::size_t>(all.size()));
  for (std::size_t k = 0; k < held.size(); ++k)
    held[k] = random.uniform(k) < static_cast<double>(how.share);
  return detail::divide(all, held, detail::share_of(how.share, all.size()));
}

/// Splits within each user; throws `range_error` unless 0 < share < 1. The draw depends only on the
/// seed.
[[nodiscard]] inline split_data split(const interactions& all, leave_out how) {
  detail::expect_between_0_and_1("split: share", how.share);
  const philox random{how.seed, 0x6c65617665};
  std::vector<char> held(static_cast<std::size_t>(all.size()));
  std::vector<std::size_t> order;
  for (index u = 0; u < all.users(); ++u) {
    const auto first = static_cast<std::size_t>(all.row_begin()[static_cast<std::size_t>(u)]);
    const auto n = all.items_of(u).size();
    if (n < 2) continue;
    const auto wanted = std::lround(static_cast<double>(how.share) * static_cast<double>(n));
    const auto count = std::min(static_cast<std::size_t>(wanted), n - 1);
    order.resize(n);
    std::iota(order.begin(), order.end(), first);
    detail::shuffle(order, random);
    for (std::size_t i = 0; i < count; ++i) held[order[i]] = 1;
  }
  return detail::divide(
      all, held, detail::share_of(how.share, detail::most_of_a_user(all)) + " of a user, at most");
}

/// Splits off each user's last interaction; throws `error` if the data has no times.
[[nodiscard]] inline split_data split(const interactions& all, leave_last) {
  detail::expect_times(all);
  std::vector<char> held(static_cast<std::size_t>(all.size()));
  for (index u = 0; u < all.users(); ++u) {
    const auto first = static_cast<std::size_t>(all.row_begin()[static_cast<std::size_t>(u)]);
    const auto n = all.items_of(u).size();
    if (n < 2) continue;
    std::size_t last = first;
    for (std::size_t k = first; k < first + n; ++k)
      if (all.times()[k] >= all.times()[last]) last = k;
    held[last] = 1;
  }
  return detail::divide(all, held, "no user has 2");
}

/// Splits the whole data set by time; throws `range_error` unless 0 < share < 1, `error` if there
/// are no times.
[[nodiscard]] inline split_data split(const interactions& all, by_time how) {
  detail::expect_between_0_and_1("split: share", how.share);
  detail::expect_times(all);
  const auto n = static_cast<std::size_t>(all.size());
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return all.times()[k]; });
  const auto wanted = std::lround(static_cast<double>(how.share) * static_cast<double>(n));
  const auto count = std::min(static_cast<std::size_t>(wanted), n - std::min<std::size_t>(n, 1));
  std::vector<char> held(n);
  for (std::size_t i = n - count; i < n; ++i) held[order[i]] = 1;
  return detail::divide(all, held, detail::share_of(how.share, all.size()));
}

}  // namespace filigree
