// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_interactions.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/ease.hpp>
#include <filigree/tasks/item_knn.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/tasks/popularity.hpp>
#include <filigree/train/evaluate.hpp>
#include <filigree/train/fit.hpp>
#include <filigree/train/progress_bar.hpp>
#include <filigree/train/rank.hpp>

#include <string>
#include <thread>
#include <vector>

namespace fg = filigree;

namespace {
/// Lacks train().
struct silent {
  using scalar = float;
  using backend_type = fg::cpu;
  fg::cpu where;
  const fg::cpu& on() const { return where; }
  void score(const fg::cpu&, std::span<const fg::index>, fg::index, fg::matrix_view<float>) const {}
};
static_assert(!fg::recommender<silent>);
static_assert(!fg::recommender<int>);

/// Every user's five best items, from user `first` on and round.
template <class M>
std::vector<std::vector<fg::scored_item>> five_best(const M& m, fg::index first) {
  const auto count = m.train().users();
  std::vector<std::vector<fg::scored_item>> out(static_cast<std::size_t>(count));
  for (fg::index n = 0; n < count; ++n) {
    const auto u = (first + n) % count;
    out[static_cast<std::size_t>(u)] = fg::recommend(m, fg::user{u}, 5);
  }
  return out;
}
}  // namespace

TEMPLATE_TEST_CASE("every recommender is fitted, evaluated and asked alike", "",
                   fg::popularity<fast>, fg::item_knn<fast>, fg::ease<fast>,
                   fg::matrix_factorization<fast>, fg::lightgcn<fast>) {
  TestType m(random_interactions(60, 40));
  fg::fit(m, fg::adam{}, {.epochs = 1, .batch = 64}, fg::progress_bar{});
  const auto r = fg::evaluate(m, random_interactions(60, 40, 2), fg::recall_at{20});
  CHECK(r["recall@20"] > 0);
  CHECK(fg::recommend(m, fg::user{7}, 5).size() == 5);
}

TEST_CASE("an error while many threads score reaches the caller") {
  struct picky : fg::popularity<fg::cpu> {
    using popularity::popularity;
    void score(const fg::cpu& on, std::span<const fg::index> users, fg::index first,
               fg::matrix_view<float> block) const {
      for (const auto u : users)
        if (u == 777) throw fg::error("picky: user 777");
      popularity::score(on, users, first, block);
    }
  };
  const picky m(random_interactions(1000, 40), {}, fg::cpu{2});
  CHECK_THROWS_WITH(fg::evaluate(m, random_interactions(1000, 40, 2), fg::recall_at{20}),
                    "picky: user 777");
}

TEMPLATE_TEST_CASE("many threads at once get from a const model what one thread gets", "",
                   fg::popularity<fast>, fg::item_knn<fast>, fg::ease<fast>,
                   fg::matrix_factorization<fast>, fg::lightgcn<fast>,
                   fg::lightgcn<fg::reference>) {
  const auto data = random_interactions(60, 40);
  const TestType alone(data), shared(data);  // nothing is computed in `shared` before
  const auto expected = five_best(alone, 0);
  std::vector<std::vector<std::vector<fg::scored_item>>> got(8);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < got.size(); ++t)
    threads.emplace_back([&, t] { got[t] = five_best(shared, static_cast<fg::index>(7 * t)); });
  for (auto& t : threads) t.join();
  int wrong = 0;
  for (const auto& all : got)
    for (std::size_t u = 0; u < all.size(); ++u) {
      REQUIRE(all[u].size() == expected[u].size());
      for (std::size_t r = 0; r < all[u].size(); ++r)
        wrong += all[u][r].id != expected[u][r].id || all[u][r].score != expected[u][r].score;
    }
  CHECK(wrong == 0);
}
