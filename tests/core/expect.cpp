// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/expect.hpp>

#include <cmath>

namespace filigree::detail {

TEST_CASE("a choice out of range is named, with what was expected and what came") {
  CHECK_NOTHROW(expect_least("k", 1, 1));
  CHECK_THROWS_WITH(expect_least("k", 0, 1), "k: expected at least 1, got 0");
  CHECK_NOTHROW(expect_least("l2", 0.0f, 0));
  CHECK_THROWS_WITH(expect_least("l2", -0.5f, 0), "l2: expected at least 0, got -0.5");
  CHECK_THROWS_WITH(expect_above_0("rate", 0.0), "rate: expected above 0, got 0");
  CHECK_NOTHROW(expect_above_0("rate", 1e-30f));
  CHECK_NOTHROW(expect_below_1("dropout", 0.0f));
  CHECK_THROWS_WITH(expect_below_1("dropout", 1.0f), "dropout: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH(expect_below_1("dropout", -1e-3f),
                    "dropout: expected 0 to below 1, got -0.001");
}

TEST_CASE("what is not finite is never in range") {
  CHECK_THROWS_WITH(expect_least("l2", std::nanf(""), 0), "l2: expected at least 0, got nan");
  CHECK_THROWS_WITH(expect_least("l2", HUGE_VALF, 0),
                    "l2: expected at least 0 and finite, got inf");
  CHECK_THROWS_WITH(expect_above_0("rate", HUGE_VAL), "rate: expected above 0 and finite, got inf");
  CHECK_THROWS_WITH(expect_finite("start", -HUGE_VALF),
                    "start: expected a finite number, got -inf");
}

TEST_CASE("an error of memory says how much there was") {
  CHECK_THROWS_WITH([] { throw memory_error("memory of a device", 3 << 20, 1, 5 << 20); }(),
                    "memory of a device: expected 3 MiB, got 1 MiB free of 5 MiB");
  CHECK_THROWS_WITH([] { throw memory_error(0); }(), "memory: expected 0 MiB, got none");
}

}  // namespace filigree::detail
