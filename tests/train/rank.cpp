// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "toy.hpp"
#include <filigree/train/rank.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <thread>

namespace fg = filigree;

TEST_CASE("seen items are left out and ties go to the smaller id") {
  // user 0 has item 1; scores  2 9 5 5 1
  const toy::table m{fg::interactions({{0, 1}}, 1, 5), {2, 9, 5, 5, 1}};
  std::vector<fg::index> best;
  for (const auto& [id, score] : fg::recommend(m, fg::user{0}, 3))
    best.push_back(static_cast<fg::index>(id));
  CHECK(best == std::vector<fg::index>{2, 3, 0});
}

TEST_CASE("a user with fewer than k unseen items gets those") {
  const toy::table m{fg::interactions({{0, 0}, {0, 2}}, 1, 3), {1, 2, 3}};
  const auto best = fg::recommend(m, fg::user{0}, 3);
  REQUIRE(best.size() == 1);
  CHECK(best[0].id == fg::item{1});
  CHECK(best[0].score == 2);
}

TEST_CASE("streaming over blocks equals sorting the whole, with any number of threads") {
  constexpr fg::index users = 300, items = 2500, k = 20;
  toy::table m{toy::camps(users, items, 3), std::vector<float>(std::size_t{users} * items)};
  // Few distinct scores, so that ties abound.
  for (std::size_t i = 0; i < m.scores.size(); ++i)
    m.scores[i] = static_cast<float>(fg::philox{5}.below(i, 200));
  std::vector<fg::index> everybody(users);
  std::iota(everybody.begin(), everybody.end(), 0);
  for (const int threads : {1, 2}) {
    m.where = fg::cpu{threads};
    int wrong = 0;
    fg::rank(m, everybody, k, [&](fg::index u, auto got, auto scores) {
      std::vector<fg::index> order;
      for (fg::index i = 0; i < items; ++i)
        if (!std::ranges::binary_search(m.data.items_of(u), i)) order.push_back(i);
      const auto score = [&](fg::index i) {
        return m.scores[static_cast<std::size_t>(u) * items + static_cast<std::size_t>(i)];
      };
      std::ranges::stable_sort(order, [&](auto a, auto b) { return score(a) > score(b); });
      for (std::size_t r = 0; r < got.size(); ++r)
        wrong += got[r] != order[r] || scores[r] != score(order[r]);
    });
    CHECK(wrong == 0);
  }
}

TEST_CASE("a const model recommends from many threads at once") {
  const fg::lightgcn<fg::cpu> m(toy::camps(50, 40, 1), {.dim = 8, .layers = 2}, {}, fg::cpu{1});
  std::vector<std::vector<fg::scored_item>> got(8);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < got.size(); ++t)
    threads.emplace_back([&, t] { got[t] = fg::recommend(m, fg::user{7}, 5); });
  for (auto& t : threads) t.join();
  for (const auto& g : got) {
    REQUIRE(g.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(g[i].id == got[0][i].id);
      CHECK(g[i].score == got[0][i].score);
    }
  }
}

TEST_CASE("ranking names what it cannot do") {
  toy::table m{fg::interactions({{0, 1}}, 2, 3), {1, 2, 3, 4, 5, 6}};
  CHECK_THROWS_WITH(fg::recommend(m, fg::user{0}, 4),
                    "rank: k: expected 1 to 3 (the catalog), got 4");
  CHECK_THROWS_WITH(fg::recommend(m, fg::user{0}, 0),
                    "rank: k: expected 1 to 3 (the catalog), got 0");
  CHECK_THROWS_WITH(fg::recommend(m, fg::user{-1}, 1), "rank: user: expected 0 to 1, got -1");
  CHECK_THROWS_WITH(fg::recommend(m, fg::user{2}, 1), "rank: user: expected 0 to 1, got 2");
  m.scores[0] = std::numeric_limits<float>::quiet_NaN();
  m.data.user_names = {"ada", "bob"};
  CHECK_THROWS_WITH(fg::recommend(m, fg::user{0}, 1),
                    "rank: scores of ada: expected numbers, got NaN");
}
