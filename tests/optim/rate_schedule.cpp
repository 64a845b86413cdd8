// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/optim/rate_schedule.hpp>

#include <vector>

namespace fg = filigree;

TEST_CASE("a constant rate stays what the optimizer says") {
  for (const double epoch : {0.0, 0.5, 7.0, 1000.0})
    CHECK(fg::constant_rate().factor_at(epoch, 10) == 1);
  CHECK(fg::rate_schedule{}.factor_at(3, 10) == 1);
}

TEST_CASE("a step rate is multiplied after each so many epochs") {
  const auto rate = fg::step_rate(10, 0.5);
  CHECK(rate.factor_at(0, 40) == 1);
  CHECK(rate.factor_at(9.99, 40) == 1);
  CHECK(rate.factor_at(10, 40) == 0.5);
  CHECK(rate.factor_at(25, 40) == 0.25);
  CHECK(rate.factor_at(39, 40) == 0.125);
}

TEST_CASE("a cosine rate falls from 1 to 0") {
  const auto rate = fg::cosine_rate();
  CHECK(rate.factor_at(0, 8) == 1);
  CHECK(rate.factor_at(2, 8) == Approx(0.8535533905932737));
  CHECK(rate.factor_at(4, 8) == Approx(0.5));
  CHECK(rate.factor_at(6, 8) == Approx(0.1464466094067262));
  CHECK(rate.factor_at(7, 8) > 0);
  CHECK(rate.factor_at(8, 8) == 0);
  CHECK(rate.factor_at(9, 8) == 0);
}

TEST_CASE("a rate climbs linearly during the warm-up and loses no epoch") {
  const auto rate = fg::cosine_rate(4);
  const std::vector<double> expected{0.2, 0.4, 0.6, 0.8, 1};
  for (std::size_t e = 0; e < expected.size(); ++e)
    CHECK(rate.factor_at(static_cast<double>(e), 12) == Approx(expected[e]));
  CHECK(rate.factor_at(8, 12) == Approx(0.5));
  CHECK(rate.factor_at(12, 12) == 0);
  const fg::rate_schedule step{
      .kind = fg::rate_kind::step, .warm_up = 1, .every = 2, .factor = 0.1};
  CHECK(step.factor_at(0, 9) == 0.5);
  CHECK(step.factor_at(2.5, 9) == 1);
  CHECK(step.factor_at(3, 9) == Approx(0.1));
}

TEST_CASE("a training shorter than its warm-up only climbs") {
  const auto rate = fg::cosine_rate(10);
  CHECK(rate.factor_at(4, 5) == Approx(5.0 / 11));
}

TEST_CASE("a step of no epochs is an error") {
  CHECK_THROWS_WITH(fg::step_rate(1, -0.5).factor_at(1, 4),
                    "rate_schedule: factor: expected at least 0, got -0.5");
  const fg::rate_schedule late{.kind = fg::rate_kind::step, .warm_up = 5, .every = 0};
  CHECK_THROWS_WITH(late.factor_at(0, 9), "rate_schedule: every: expected above 0, got 0");
  CHECK_THROWS_WITH(fg::cosine_rate(-1).factor_at(1, 4),
                    "rate_schedule: warm_up: expected at least 0, got -1");
  CHECK_THROWS_WITH(fg::step_rate(0, 0.5).factor_at(1, 4),
                    "rate_schedule: every: expected above 0, got 0");
}
