// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/train/metrics.hpp>

#include <array>
#include <cmath>

namespace fg = filigree;

namespace {
// Ranks 1 to 5; ranks 2 and 4 are hits; three ranked are relevant in all.
const std::array<fg::index, 5> ranked{7, 3, 9, 1, 4};
const std::array<char, 5> hit{0, 1, 0, 1, 0};
const fg::ranking two_hits{ranked, hit, 3, 10};

template <class Metric>
double of(const Metric& m, const fg::ranking& r) {
  typename Metric::tally t;
  t.add(m, r);
  return t.result();
}
}  // namespace

TEST_CASE("precision divides the hits by k, recall by the relevant ranked") {
  CHECK(of(fg::precision_at{5}, two_hits) == Approx(2.0 / 5));
  CHECK(of(fg::precision_at{3}, two_hits) == Approx(1.0 / 3));
  CHECK(of(fg::recall_at{5}, two_hits) == Approx(2.0 / 3));
  CHECK(of(fg::recall_at{1}, two_hits) == 0);
}

TEST_CASE("ndcg compares with the best ranking that the relevant ranked allow") {
  const double gain = 1 / std::log2(3.0) + 1 / std::log2(5.0);
  CHECK(of(fg::ndcg_at{5}, two_hits) ==
        Approx(gain / (1 + 1 / std::log2(3.0) + 1 / std::log2(4.0))));
  // One relevant item: the ideal has one hit, however large k is.
  const std::array<char, 5> second{0, 1, 0, 0, 0};
  CHECK(of(fg::ndcg_at{5}, {ranked, second, 1, 10}) == Approx(1 / std::log2(3.0)));
  // More relevant ranked than k: the ideal fills k.
  const std::array<char, 5> all{1, 1, 1, 1, 1};
  CHECK(of(fg::ndcg_at{5}, {ranked, all, 9, 10}) == Approx(1));
}

TEST_CASE("hit rate asks for any hit, mrr for the first") {
  CHECK(of(fg::hit_rate_at{1}, two_hits) == 0);
  CHECK(of(fg::hit_rate_at{2}, two_hits) == 1);
  CHECK(of(fg::mrr_at{5}, two_hits) == Approx(0.5));
  CHECK(of(fg::mrr_at{1}, two_hits) == 0);
}

TEST_CASE("coverage is the share of the catalog that anybody is shown") {
  fg::coverage_at::tally t;
  const fg::coverage_at at{2};
  t.add(at, two_hits);  // 7 and 3
  const std::array<fg::index, 5> other{3, 5, 0, 0, 0};
  t.add(at, {other, hit, 1, 10});
  CHECK(t.result() == Approx(3.0 / 10));
}

TEST_CASE("metrics average over users and are named with their cut-off") {
  fg::recall_at::tally t;
  const fg::recall_at at{5};
  t.add(at, two_hits);
  const std::array<char, 5> none{};
  t.add(at, {ranked, none, 4, 10});
  CHECK(t.result() == Approx(1.0 / 3));
  CHECK(at.name() == "recall@5");
  CHECK(fg::ndcg_at{10}.name() == "ndcg@10");
  CHECK(fg::coverage_at{10}.name() == "coverage@10");
}

TEST_CASE("there is no mean over nobody, and no share of no catalog") {
  CHECK_THROWS_WITH(fg::recall_at::tally().result(), "metric: users: expected at least 1, got 0");
  CHECK_THROWS_WITH(fg::coverage_at::tally().result(),
                    "coverage: items: expected at least 1, got 0");
}
