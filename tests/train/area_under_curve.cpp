// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/train/area_under_curve.hpp>

#include <cmath>
#include <vector>

namespace fg = filigree;

namespace {
double area(const std::vector<double>& score, const std::vector<char>& truth) {
  return fg::area_under_curve::of(score, truth);
}
/// Scores pairs by their first end.
struct first_end {
  using scalar = float;
  static std::vector<float> scores_of(std::span<const fg::index> from, std::span<const fg::index>) {
    return {from.begin(), from.end()};
  }
};
}  // namespace

TEST_CASE("the area under the curve is the share of pairs in the right order, ties half") {
  CHECK(area({1, 2, 3, 4}, {0, 0, 1, 1}) == 1);
  CHECK(area({4, 3, 2, 1}, {0, 0, 1, 1}) == 0);
  CHECK(area({1, 2, 3, 4}, {0, 1, 0, 1}) == 0.75);
  CHECK(area({5, 5, 5}, {0, 1, 0}) == 0.5);
  CHECK(area({2, 1, 2, 3, -INFINITY}, {1, 0, 0, 1, 0}) == Approx((2.5 + 3) / 6));
}

TEST_CASE("the area under the curve needs both classes, and numbers") {
  CHECK_THROWS_WITH(area({1, 2}, {1, 1}),
                    "area_under_curve: false labels: expected at least 1, got 0");
  CHECK_THROWS_WITH(area({1, 2}, {0, 0}),
                    "area_under_curve: true labels: expected at least 1, got 0");
  CHECK_THROWS_WITH(area({}, {}), "area_under_curve: true labels: expected at least 1, got 0");
  CHECK_THROWS_WITH(area({1, 2}, {0}), "area_under_curve: labels: expected 2, got 1");
  CHECK_THROWS_WITH(area({1, std::nan("")}, {0, 1}),
                    "area_under_curve: score 1: expected a number, got nan");
}

TEST_CASE("evaluate measures whatever scores pairs") {
  fg::labeled_pairs pairs;
  pairs.from = {7, 3, 5};
  pairs.to = {0, 1, 2};
  pairs.is_edge = {1, 1, 0};
  const auto got = fg::evaluate(first_end{}, pairs, fg::area_under_curve{});
  CHECK(got["area_under_curve"] == 0.5);
}
