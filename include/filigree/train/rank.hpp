// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/top_k.hpp>
#include <filigree/models/recommender.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// An item and its score.
struct scored_item {
  item id{};
  double score = 0;
};

namespace detail {
inline void expect_k(const char* operation, offset k, offset items) {
  if (k < 1 || k > items)
    throw range_error(std::string(operation) + ": k: expected 1 to " + std::to_string(items) +
                      " (the catalog), got " + std::to_string(k));
}
}  // namespace detail

/// The k best items of users, what they have left out, by score down, then id up: streams over
/// blocks of users and of items, so that the users x items matrix never exists. `visit(user, items,
/// scores)` is called for each user in the order given; an item of -1 means that there were fewer
/// than k. Throws `range_error` for a k outside the catalog, an unknown user, or a score that is
/// NaN.
template <recommender M, class Visit>
void rank(const M& model, std::span<const index> users, index k, Visit&& visit) {
  using T = typename M::scalar;
  constexpr std::size_t user_block = 256;
  constexpr index item_block = 1024;
  const auto& on = model.on();
  const auto& data = model.train();
  detail::expect_k("rank", k, data.items());
  for (const index u : users)
    if (u < 0 || u >= data.users())
      throw range_error("rank: user: expected 0 to " + std::to_string(data.users() - 1) + ", got " +
                        std::to_string(u));
  const auto begin = on.upload(data.row_begin());
  const auto owned = on.upload(data.columns());
  const kernels::item_lists seen{begin.data(), owned.data(), data.items()};
  using backend_type = typename M::backend_type;
  for (std::size_t at = 0; at < users.size(); at += user_block) {
    const auto block = users.subspan(at, std::min(user_block, users.size() - at));
    const auto n = static_cast<offset>(block.size());
    const auto ids = on.upload(block);
    matrix<index, backend_type> best_item(on, {n, k});
    matrix<T, backend_type> best_score(on, {n, k});
    on.fill(best_item.data(), n * k, index{-1});
    on.fill(best_score.data(), n * k, -std::numeric_limits<T>::infinity());
    for (index first = 0; first < data.items(); first += item_block) {
      const index width = std::min(item_block, data.items() - first);
      matrix<T, backend_type> scores(on, {n, width});
      model.score(on, block, first, scores.view());
      on.for_each(n, kernels::top_k_row<T>{scores.view(), first, ids.data(), seen, best_item.view(),
                                           best_score.view()});
    }
    const auto items = best_item.to_host(on);
    const auto values = best_score.to_host(on);
    for (std::size_t u = 0; u < block.size(); ++u) {
      const auto row = u * static_cast<std::size_t>(k);
      if (items[row] == -2)
        throw range_error("rank: scores of " + data.name_of(user{block[u]}) +
                          ": expected numbers, got NaN");
      visit(block[u], std::span(items).subspan(row, static_cast<std::size_t>(k)),
            std::span(values).subspan(row, static_cast<std::size_t>(k)));
    }
  }
}

/// The `count` best items for one user, what the user has left out. Throws like `rank`.
template <recommender M>
[[nodiscard]] std::vector<scored_item> recommend(const M& model, user who, index count) {
  const auto id = static_cast<index>(who);
  std::vector<scored_item> out;
  rank(model, std::span(&id, 1), count, [&](index, auto items, auto scores) {
    for (std::size_t i = 0; i < items.size(); ++i)
      if (items[i] >= 0) out.push_back({item{items[i]}, static_cast<double>(scores[i])});
  });
  return out;
}

}  // namespace filigree
