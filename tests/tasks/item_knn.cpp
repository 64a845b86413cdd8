// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "paths.hpp"
#include "random_interactions.hpp"
#include <filigree/data/load_interactions.hpp>
#include <filigree/tasks/item_knn.hpp>
#include <filigree/train/evaluate.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace fg = filigree;

static_assert(fg::recommender<fg::item_knn<fg::cpu>>);

namespace {
/// The scores by definition: all similarities, sorted, the first k of each item.
std::vector<double> expected_scores(const fg::interactions& data, fg::item_knn_options o) {
  const auto x = dense(data);
  const auto users = static_cast<std::size_t>(data.users());
  const auto items = static_cast<std::size_t>(data.items());
  std::vector<double> of_user(users), of_item(items), out(users * items);
  for (std::size_t u = 0; u < users; ++u)
    for (std::size_t i = 0; i < items; ++i) {
      of_user[u] += x[u * items + i];
      of_item[i] += x[u * items + i];
    }
  for (std::size_t j = 0; j < items; ++j) {
    std::vector<std::pair<double, std::size_t>> near;
    for (std::size_t i = 0; i < items; ++i) {
      double together = 0;
      for (std::size_t u = 0; u < users; ++u)
        if (x[u * items + i] != 0 && x[u * items + j] != 0)
          together += std::pow(of_user[u], -static_cast<double>(o.user_exponent));
      if (i != j && together > 0)
        near.emplace_back(
            -together / (std::pow(of_item[i], static_cast<double>(o.source_exponent)) *
                             std::pow(of_item[j], static_cast<double>(o.target_exponent)) +
                         static_cast<double>(o.shrink)),
            i);
    }
    std::sort(near.begin(), near.end());
    near.resize(std::min(near.size(), static_cast<std::size_t>(o.neighbors)));
    for (std::size_t u = 0; u < users; ++u)
      for (const auto& [similarity, i] : near) out[u * items + j] -= similarity * x[u * items + i];
  }
  return out;
}
}  // namespace

// User 0 has 0 1, user 1 has 0 1 2, user 2 has 1 2, user 3 has 3.
TEMPLATE_TEST_CASE("item_knn sums the cosines with the user's items", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const fg::interactions data({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 3}});
  const fg::item_knn<B, T> m(data);
  const double s01 = 2 / std::sqrt(6.0), s12 = s01, s02 = 0.5;
  const std::vector<double> expected{s01,       s01,       s02 + s12, 0,  //
                                     s01 + s02, s01 + s12, s02 + s12, 0,  //
                                     s01 + s02, s12,       s12,       0,  //
                                     0,         0,         0,         0};
  const auto got = scores(m);
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-6));
  CHECK(m.similarity().entries() == 6);

  // One neighbor each: 1 for both 0 and 2; 0 and 2 are equally near to 1, so the smaller id.
  const fg::item_knn<B, T> nearest(data, {.neighbors = 1});
  const auto w = nearest.similarity().to_host(nearest.on());
  CHECK(w.row_begin == std::vector<fg::offset>{0, 1, 3, 3, 3});
  CHECK(w.column == std::vector<fg::index>{1, 0, 2});
  for (const auto s : w.value) CHECK(static_cast<double>(s) == Approx(s01));
}

TEMPLATE_TEST_CASE("item_knn equals its definition on random data", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto data = random_interactions(60, 75);
  for (const fg::item_knn_options o : {fg::item_knn_options{}, fg::item_knn_options{.neighbors = 7},
                                       fg::item_knn_options{.neighbors = 20, .shrink = 3},
                                       fg::item_knn_options{.neighbors = 1000,
                                       .user_exponent = 0.5f,
                                       .source_exponent = 0.75f,
                                       .target_exponent = 0.25f}}) {
    const fg::item_knn<B, T> m(data, o);
    const auto expected = expected_scores(data, o), got = scores(m);
    // Near ties may be told apart differently in single precision, and where products and sums are
    // fused, and then another neighbor is taken.
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
      wrong += std::abs(got[i] - expected[i]) > (sizeof(T) == 4 ? 1e-5 : 1e-12);
    CHECK(wrong <= (sizeof(T) == 4 || fuses<B> ? got.size() / 100 : 0));
    // A tile is a part of the whole.
    const auto tile = scores(m, 10, 33);
    for (std::size_t u = 0; u < 60; ++u)
      for (std::size_t j = 0; j < 33; ++j) CHECK(tile[u * 33 + j] == got[u * 75 + 10 + j]);
  }
}

TEST_CASE("item_knn has the same bits with one thread, with two, and on reference") {
  const auto data = random_interactions(300, 200, 5);
  const fg::item_knn_options o{.neighbors = 30, .user_exponent = 0.3f};
  const fg::item_knn<fg::cpu> one(data, o, {1}), two(data, o, {2});
  const fg::item_knn<fg::reference> plain(data, o);
  CHECK(one.similarity().to_host(one.on()) == two.similarity().to_host(two.on()));
  CHECK(one.similarity().to_host(one.on()) == plain.similarity().to_host(plain.on()));
  CHECK(scores(one) == scores(two));
  CHECK(scores(one) == scores(plain));
}

TEST_CASE("item_knn keeps at most as many neighbors as asked for") {
  const auto data = random_interactions(200, 90, 2);
  const fg::item_knn<fg::cpu> m(data, {.neighbors = 5});
  const auto w = m.similarity().to_host(m.on());
  CHECK_NOTHROW(m.similarity().validate(m.on()));
  std::vector<int> kept(90);
  for (const auto j : w.column) ++kept[static_cast<std::size_t>(j)];
  CHECK(*std::max_element(kept.begin(), kept.end()) == 5);
  CHECK(kept.back() == 0);
}

TEST_CASE("item_knn names options out of range") {
  const auto data = random_interactions(10, 10);
  CHECK_THROWS_WITH(fg::item_knn<fg::cpu>(data, {.neighbors = 0}),
                    "item_knn: neighbors: expected at least 1, got 0");
  CHECK_THROWS_WITH(fg::item_knn<fg::cpu>(data, {.shrink = -1}),
                    "item_knn: shrink: expected at least 0, got -1");
  CHECK_THROWS_WITH(
      fg::item_knn<fg::cpu>(data, {.shrink = std::numeric_limits<float>::quiet_NaN()}),
      Catch::Contains("item_knn: shrink: expected at least 0, got"));
}

TEST_CASE("item_knn names an exponent that is no finite number") {
  const auto inf = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(fg::item_knn<fg::cpu>(random_interactions(10, 10), {.user_exponent = inf}),
                    "item_knn: exponent: expected a finite number, got inf");
}

TEST_CASE("item_knn leaves out users whose weight is too small for a float") {
  const fg::item_knn<fg::cpu> m(random_interactions(60, 40), {.user_exponent = 60});
  for (const auto s : scores(m)) CHECK(s >= 0);
}

TEST_CASE("item_knn needs no interactions") {
  const fg::item_knn<fg::cpu> m(fg::interactions({}, 2, 3));
  CHECK(scores(m) == std::vector<double>(6));
}

TEST_CASE("item_knn recommends Debian's dependencies as well as it is known to") {
  const auto folder = paths::bundled_data() / "debian";
  const fg::item_knn<fg::cpu> m(fg::load_interactions((folder / "train.txt").string()));
  const auto test =
      fg::load_interactions((folder / "test.txt").string(), {.users_without_items = true});
  const auto r = fg::evaluate(m, test, fg::recall_at{20}, fg::ndcg_at{20});
  CHECK(r["recall@20"] == Approx(0.675).epsilon(0.01));
  CHECK(r["ndcg@20"] == Approx(0.520).epsilon(0.01));
}
