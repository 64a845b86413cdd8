// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/prune/schedule.hpp>

namespace fg = filigree;

TEST_CASE("a schedule says which pruning is due after a step") {
  const auto s = fg::prune_every(10, 3);
  CHECK(s.due(9) == 0);
  CHECK(s.due(10) == 1);
  CHECK(s.due(15) == 0);
  CHECK(s.due(30) == 3);
  CHECK(s.due(40) == 0);
  CHECK(fg::prune_once(7).due(7) == 1);
  CHECK(fg::prune_once(7).due(8) == 0);
}

TEST_CASE("the kept share falls linearly, gradually or geometrically to its end") {
  CHECK(fg::prune_every(1, 4).kept_after(1, 0.2) == Approx(0.8));
  CHECK(fg::prune_every(1, 4).kept_after(4, 0.2) == 0.2);
  const auto cubic = fg::prune_gradually(5, 1, 2);
  CHECK(cubic.kept_after(1, 0.2) == Approx(0.2 + 0.8 / 8));
  CHECK(cubic.due(5) == 1);
  const auto rounds = fg::prune_and_rewind(10, 2, 3);
  CHECK(rounds.kept_after(1, 0.25) == Approx(0.5));
  CHECK(rounds.kept_after(2, 0.25) == 0.25);
  CHECK(rounds.rewind_to == 3);
}

TEST_CASE("a schedule without steps is refused") {
  CHECK_THROWS_WITH(fg::detail::expect_schedule({.every = 0}),
                    "pruning: every: expected at least 1, got 0");
  CHECK_THROWS_WITH(fg::detail::expect_schedule({.begin = 0}),
                    "pruning: begin: expected at least 1, got 0");
  CHECK_THROWS_WITH(fg::detail::expect_schedule({.times = 0}),
                    "pruning: times: expected at least 1, got 0");
}
