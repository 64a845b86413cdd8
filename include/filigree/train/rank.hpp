// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/blocks.hpp>
#include <filigree/kernels/top_k.hpp>
#include <filigree/tasks/recommender.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>
#include <functional>
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

/// The k best items for each user, excluding those the user already has, by descending score, then
/// ascending id. Streams over blocks of users and items, so the (users x items) matrix is never
/// materialized. `visit(user, items, scores)` is called for each user in the order given; an item
/// of -1 means that there were fewer than k. Throws `range_error` for a k that is not in 1 to the
/// size of the catalog, an unknown user, or a NaN score.
template <recommender M>
void rank(const M& model, std::span<const index> users, index k,
          const std::function<void(index, std::span<const index>,
                                   std::span<const typename M::scalar>)>& visit) {
  using T = typename M::scalar;
  constexpr std::size_t at_once = 1 << 14;  // users whose lists are held at once
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
  using B = typename M::backend_type;
  constexpr auto most = block_of<B>;
  if (!users.empty()) {  // anything the model computes only once is computed here, on all cores
    matrix<T, B> score(on, {1, 1});
    model.score(on, users.first(1), 0, score.view());
  }
  for (std::size_t at = 0; at < users.size(); at += at_once) {
    const auto some = users.subspan(at, std::min(at_once, users.size() - at));
    const auto n = static_cast<offset>(some.size());
    const auto ids = on.upload(some);
    matrix<index, B> best_item(on, {n, k});
    matrix<T, B> best_score(on, {n, k});
    on.fill(best_item.data(), n * k, index{-1});
    on.fill(best_score.data(), n * k, -std::numeric_limits<T>::infinity());
    for_each_block(on, n, most.rows, [&](const B& one, offset begin_user, offset end_user) {
      const offset rows = end_user - begin_user;
      const auto block =
          some.subspan(static_cast<std::size_t>(begin_user), static_cast<std::size_t>(rows));
      matrix<T, B> room(one, {rows, std::min<offset>(most.cols, data.items())});
      for (offset first = 0; first < data.items(); first += most.cols) {
        const matrix_view<T> scores{room.data(), rows,
                                    std::min<offset>(most.cols, data.items() - first)};
        model.score(one, block, static_cast<index>(first), scores);
        one.for_each(
            rows, kernels::top_k_row<T>{scores, static_cast<index>(first), ids.data() + begin_user,
                                        seen, best_item.view().rows_from(begin_user, rows),
                                        best_score.view().rows_from(begin_user, rows)});
      }
    });
    const auto items = best_item.to_host(on);
    const auto values = best_score.to_host(on);
    for (std::size_t u = 0; u < some.size(); ++u) {
      const auto row = u * static_cast<std::size_t>(k);
      if (items[row] == -2)
        throw range_error("rank: scores of " + data.name_of(user{some[u]}) +
                          ": expected numbers, got NaN");
      visit(some[u], std::span(items).subspan(row, static_cast<std::size_t>(k)),
            std::span(values).subspan(row, static_cast<std::size_t>(k)));
    }
  }
}

/// The `count` best items for one user, excluding those the user already has. Throws like `rank`.
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
