// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu.hpp>
#include <filigree/core/random.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/tasks/lightgcn.hpp>

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace toy {
namespace fg = filigree;

/// Scores that a test writes down, users x items.
struct table {
  using scalar = float;
  using backend_type = fg::cpu;
  fg::interactions data;
  std::vector<float> scores;
  fg::cpu where{};

  const fg::interactions& train() const { return data; }
  const fg::cpu& on() const { return where; }
  void score(const fg::cpu&, std::span<const fg::index> users, fg::index first,
             fg::matrix_view<float> block) const {
    for (fg::offset u = 0; u < block.rows; ++u)
      for (fg::offset j = 0; j < block.cols; ++j)
        block(u, j) = scores[static_cast<std::size_t>(
            users[static_cast<std::size_t>(u)] * fg::offset{data.items()} + first + j)];
  }
};
static_assert(fg::recommender<table>);

/// Users in two camps, each liking its half of the items: something to learn.
inline fg::interactions camps(fg::index users, fg::index items, std::uint64_t seed) {
  std::set<std::pair<fg::index, fg::index>> pairs;
  const fg::philox random{seed};
  std::uint64_t draw = 0;
  for (fg::index u = 0; u < users; ++u)
    for (int n = 0; n < 6; ++n)
      pairs.emplace(u,
                    static_cast<fg::index>(random.below(draw++, items / 2)) + u % 2 * (items / 2));
  std::vector<fg::interaction> list;
  for (const auto& [u, i] : pairs) list.push_back({u, i});
  return fg::interactions(std::move(list), users, items);
}

/// The bytes of all parameters.
template <class M>
std::vector<float> parameters(M& m) {
  std::vector<float> all;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    const auto values = p.value.to_host(m.on());
    all.insert(all.end(), values.begin(), values.end());
  });
  return all;
}

}  // namespace toy
