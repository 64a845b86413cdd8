// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/train/metrics.hpp>
#include <filigree/train/rank.hpp>
#include <filigree/train/report.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace filigree {

namespace detail {
/// A metric and what it has seen.
template <metric Metric>
struct tallied {
  Metric of;
  typename Metric::tally so_far{};
};
}  // namespace detail

/// Ranks the catalog for every user with held-out items, what the user has in training left out,
/// and measures all metrics in that one pass. Users without held-out items do not count. Throws
/// `range_error` for a k larger than the catalog, and where the held-out data knows users or items
/// that the model does not.
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
  std::vector<index> users;
  for (index u = 0; u < held_out.users(); ++u)
    if (!held_out.items_of(u).empty()) users.push_back(u);
  const index k = std::max({index{metrics.k}...});
  std::tuple tallies{detail::tallied<Metrics>{metrics}...};
  std::vector<char> hit(static_cast<std::size_t>(k));
  rank(model, users, k, [&](index u, std::span<const index> items, auto) {
    const auto relevant = held_out.items_of(u);
    for (std::size_t i = 0; i < items.size(); ++i)
      hit[i] = std::ranges::binary_search(relevant, items[i]);
    const ranking r{items, hit, static_cast<index>(relevant.size()), data.items()};
    std::apply([&](auto&... t) { (t.so_far.add(t.of, r), ...); }, tallies);
  });
  report out;
  std::apply([&](const auto&... t) { (out.add(t.of.name(), t.so_far.result()), ...); }, tallies);
  return out;
}

}  // namespace filigree
