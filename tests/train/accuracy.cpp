// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/train/accuracy.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace fg = filigree;

using ids = std::vector<fg::index>;

TEST_CASE("accuracy is the share of predictions that are right") {
  CHECK(fg::accuracy::of(ids{0, 1, 2, 2}, ids{0, 1, 1, 2}, 3) == 0.75);
  CHECK_THROWS_WITH(fg::accuracy::of({}, {}, 3),
                    "accuracy: predictions: expected at least 1, got 0");
}

// Class 0: 2 hits of 2 and 3. Class 1: no hit. Class 2 neither occurs nor is predicted.
TEST_CASE("macro F1 is the mean over the classes that are there") {
  CHECK(fg::macro_f1::of(ids{0, 0, 1}, ids{0, 0, 0}, 3) == Approx((2 * 2.0 / 5 + 0) / 2));
  CHECK(fg::macro_f1::of(ids{0, 1}, ids{0, 1}, 2) == 1);
  CHECK_THROWS_WITH(fg::macro_f1::of({}, {}, 3),
                    "macro_f1: predictions: expected at least 1, got 0");
}

TEST_CASE("log likelihood is the mean logarithm of what the true class is given") {
  const std::vector<float> scores{0, std::log(3.0f), 1000, 1000};
  CHECK(fg::log_likelihood::of(ids{1, 0}, scores, 2) ==
        Approx((std::log(0.75) + std::log(0.5)) / 2));
  CHECK(fg::log_likelihood::of(ids{0, 0}, scores, 2) ==
        Approx((std::log(0.25) + std::log(0.5)) / 2));
  CHECK_THROWS_WITH(fg::log_likelihood::of({}, std::vector<double>{}, 2),
                    "log_likelihood: scores: expected at least 1, got 0");
}

TEST_CASE("log likelihood of a score that is no number is no number") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(fg::log_likelihood::of(ids{0}, std::vector{nan, 0.0f}, 2)));
  CHECK(std::isnan(fg::log_likelihood::of(ids{0}, std::vector{0.0f, nan}, 2)));
}

TEST_CASE("the best class of scores is the highest, the first of those that tie") {
  CHECK(fg::best_classes(std::vector<float>{1, 3, 2, 5, 5, 4}, 3) == ids{1, 0});
  CHECK(fg::best_classes(std::vector<double>{}, 3).empty());
}
