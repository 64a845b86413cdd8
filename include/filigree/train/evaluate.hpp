// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/train/metrics.hpp>
#include <filigree/train/rank.hpp>
#include <filigree/train/report.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

namespace filigree {

namespace detail {
/// A metric and its running tally.
template <metric Metric>
struct tallied {
  Metric of;
  typename Metric::tally so_far{};
};
/// The held-out items of a user that are not in the training data, ascending.
inline void new_items(const interactions& train, const interactions& held_out, index user,
                      std::vector<index>& out) {
  out.clear();
  std::ranges::set_difference(held_out.items_of(user), train.items_of(user),
                              std::back_inserter(out));
}
}  // namespace detail

/// Ranks the catalog for every user with held-out items, excluding the user's training items, and
/// computes all metrics in that one pass. Held-out items that are also in the user's training data
/// are never ranked, so they do not count as relevant, and the report states how many there were.
/// Users without held-out items are skipped. Throws `range_error` for a k larger than the catalog,
/// if the held-out data has users or items that are unknown to the model, and if no user is left.
template <recommender M, metric... Metrics>
[[nodiscard]] report evaluate(const M& model, const interactions& held_out,
                              const Metrics&... metrics) {
  const auto& data = model.train();
  for (const index k : {index{metrics.k}...}) detail::expect_k("evaluate", k, data.items());
  if (held_out.users() > data.users() || held_out.items() > data.items())
    throw range_error("evaluate: held-out users x items: expected at most " +
                      std::to_string(data.users()) + " x " + std::to_string(data.items()) +
                      ", got " + std::to_string(held_out.users()) + " x " +
                      std::to_string(held_out.items()));
  std::vector<index> users, relevant;
  offset known = 0;
  for (index u = 0; u < held_out.users(); ++u) {
    detail::new_items(data, held_out, u, relevant);
    known += std::ssize(held_out.items_of(u)) - std::ssize(relevant);
    if (!relevant.empty()) users.push_back(u);
  }
  detail::expect_least("evaluate: users with held-out items that are not in training",
                       std::ssize(users), 1);
  const index k = std::max({index{metrics.k}...});
  std::tuple tallies{detail::tallied<Metrics>{metrics}...};
  std::vector<char> hit(static_cast<std::size_t>(k));
  rank(model, users, k, [&](index u, std::span<const index> items, auto) {
    detail::new_items(data, held_out, u, relevant);
    for (std::size_t i = 0; i < items.size(); ++i)
      hit[i] = std::ranges::binary_search(relevant, items[i]);
    const ranking r{items, hit, static_cast<index>(relevant.size()), data.items()};
    std::apply([&](auto&... t) { (t.so_far.add(t.of, r), ...); }, tallies);
  });
  report out;
  std::apply([&](const auto&... t) { (out.add(t.of.name(), t.so_far.result()), ...); }, tallies);
  if (known > 0)
    out.note(std::to_string(known) + " of " + std::to_string(held_out.size()) +
             " held-out interactions are in training too, and were left out");
  return out;
}

}  // namespace filigree
