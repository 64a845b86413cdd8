// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "paths.hpp"
#include "random_interactions.hpp"
#include <filigree/data/load_interactions.hpp>
#include <filigree/tasks/ease.hpp>
#include <filigree/train/evaluate.hpp>

#include <cmath>
#include <vector>

namespace fg = filigree;

static_assert(fg::recommender<fg::ease<fg::cpu>>);

// Users: 0 1 | 0 1 | 1. With lambda 1, X^T X + lambda I is
// [ 3 2 ]   and its inverse, times 8,  [  4 -2 ]
// [ 2 4 ]                              [ -2  3 ]
TEMPLATE_TEST_CASE("EASE divides the inverse by its diagonal", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const fg::ease<B, T> m(fg::interactions({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 1}}), {.lambda = 1});
  const auto w = m.weights().to_host(m.on());
  CHECK(w[0] == 0);
  CHECK(static_cast<double>(w[1]) == Approx(2.0 / 3));
  CHECK(static_cast<double>(w[2]) == Approx(2.0 / 4));
  CHECK(w[3] == 0);
  const auto s = scores(m);
  CHECK(s[0] == Approx(0.5));  // user 0: B(0, 0) + B(1, 0)
  CHECK(s[1] == Approx(2.0 / 3));
  CHECK(s[4] == Approx(0.5));  // user 2 has item 1 alone
  CHECK(s[5] == 0);
}

// B minimizes |X - X B|^2 + lambda |B|^2 under diag B = 0 if and only if (X^T X + lambda I) B
// equals X^T X off the diagonal.
TEMPLATE_TEST_CASE("EASE's weights are the best without self-similarity", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  constexpr std::size_t items = 150, users = 90;
  const double lambda = 5;
  const auto data = random_interactions(users, items);
  const fg::ease<B, T> m(data, {.lambda = static_cast<float>(lambda)});
  const auto x = dense(data);
  const auto w = m.weights().to_host(m.on());
  std::vector<double> gram(items * items);
  for (std::size_t u = 0; u < users; ++u)
    for (std::size_t i = 0; i < items; ++i)
      for (std::size_t j = 0; j < items; ++j)
        gram[i * items + j] += x[u * items + i] * x[u * items + j];
  double worst = 0;
  for (std::size_t i = 0; i < items; ++i) {
    CHECK(w[i * items + i] == 0);
    for (std::size_t j = 0; j < items; ++j) {
      if (i == j) continue;
      double sum = lambda * static_cast<double>(w[i * items + j]);
      for (std::size_t k = 0; k < items; ++k)
        sum += gram[i * items + k] * static_cast<double>(w[k * items + j]);
      worst = std::max(worst, std::abs(sum - gram[i * items + j]));
    }
  }
  CHECK(worst < (sizeof(T) == 4 ? 1e-3 : 1e-10));
  const auto all = scores(m), tile = scores(m, 40, 100);
  for (std::size_t u = 0; u < users; ++u)
    for (std::size_t j = 0; j < 100; ++j) CHECK(tile[u * 100 + j] == all[u * items + 40 + j]);
}

TEST_CASE("EASE has the same bits with one thread and with two") {
  const auto data = random_interactions(400, 333, 3);
  const fg::ease<fg::cpu> one(data, {.lambda = 10}, {1}), two(data, {.lambda = 10}, {2});
  CHECK(one.weights().to_host(one.on()) == two.weights().to_host(two.on()));
  CHECK(scores(one) == scores(two));
}

TEST_CASE(
    "EASE refuses what does not fit into its memory limit, and a lambda that is not above 0") {
  const auto data = random_interactions(20, 1024);
  CHECK_THROWS_WITH(fg::ease<fg::cpu>(data, {.memory_limit = 7 << 20}),
                    "ease: memory for 1024 x 1024 items: expected at most 7 MiB, got 8 MiB; raise "
                    "memory_limit, or leave out rare items");
  CHECK_THROWS_WITH((fg::ease<fg::cpu, double>(data, {.memory_limit = 15 << 20})),
                    Catch::Contains("expected at most 15 MiB, got 16 MiB"));
  CHECK_THROWS_WITH(fg::ease<fg::cpu>(fg::interactions({{0, 0}}, 1, 40981)),
                    "ease: memory for 40981 x 40981 items: expected at most 4096 MiB, got 12813 "
                    "MiB; raise memory_limit, or leave out rare items");
  CHECK_THROWS_WITH(fg::ease<fg::cpu>(data, {.lambda = 0}),
                    "ease: lambda: expected above 0, got 0");
}

TEST_CASE("EASE takes weights that were solved before") {
  const auto data = random_interactions(30, 20);
  const fg::ease<fg::cpu> m(data, {.lambda = 2});
  const fg::ease<fg::cpu> again(data, {.lambda = 2}, m.weights(), {});
  CHECK(scores(again) == scores(m));
  CHECK_THROWS_WITH(
      fg::ease<fg::cpu>(data, {}, fg::matrix<float, fg::cpu>(fg::cpu{}, fg::shape{20, 19}), {}),
      "ease: columns of weights: expected 20, got 19");
}

TEST_CASE("EASE recommends Debian's dependencies as well as it is known to") {
  const auto folder = paths::bundled_data() / "debian";
  const fg::ease<fg::cpu> m(fg::load_interactions((folder / "train.txt").string()), {.lambda = 20});
  const auto test =
      fg::load_interactions((folder / "test.txt").string(), {.users_without_items = true});
  const auto r = fg::evaluate(m, test, fg::recall_at{20}, fg::ndcg_at{20});
  CHECK(r["recall@20"] == Approx(0.749).epsilon(0.01));
  CHECK(r["ndcg@20"] == Approx(0.629).epsilon(0.01));
}
