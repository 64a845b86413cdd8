// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/random.hpp>
#include <filigree/core/views.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/tasks/recommender.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

/// Interactions as real ones are: item i is taken with a probability that falls with i; every
/// seventh user has nothing, and nobody has the last item.
inline filigree::interactions random_interactions(filigree::index users, filigree::index items,
                                                  std::uint64_t seed = 1) {
  std::vector<filigree::interaction> pairs;
  for (filigree::index u = 0; u < users; ++u)
    for (filigree::index i = 0; u % 7 != 6 && i + 1 < items; ++i) {
      const auto at = static_cast<std::uint64_t>(u) * static_cast<std::uint64_t>(items) +
                      static_cast<std::uint64_t>(i);
      if (filigree::philox{seed}.uniform(at) < 2.0 / (5 + i)) pairs.push_back({u, i});
    }
  return filigree::interactions(std::move(pairs), users, items);
}

/// The scores of all users for the items [first, first + count), row by row.
template <filigree::recommender M>
std::vector<double> scores(const M& m, filigree::index first, filigree::index count) {
  using T = typename M::scalar;
  std::vector<filigree::index> everybody(static_cast<std::size_t>(m.train().users()));
  std::iota(everybody.begin(), everybody.end(), 0);
  filigree::matrix<T, typename M::backend_type> block(m.on(), {m.train().users(), count});
  m.score(m.on(), everybody, first, block.view());
  const auto host = block.to_host(m.on());
  return {host.begin(), host.end()};
}

/// The same for all items.
template <filigree::recommender M>
std::vector<double> scores(const M& m) {
  return scores(m, 0, m.train().items());
}

/// X as a matrix of zeros and ones, users x items.
inline std::vector<double> dense(const filigree::interactions& data) {
  const auto items = static_cast<std::size_t>(data.items());
  std::vector<double> x(static_cast<std::size_t>(data.users()) * items);
  for (const auto& [u, i, time] : data.pairs())
    x[static_cast<std::size_t>(u) * items + static_cast<std::size_t>(i)] = 1;
  return x;
}
