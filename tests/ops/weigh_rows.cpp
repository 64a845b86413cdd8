// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/weigh_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("weigh_rows multiplies each row by a number of its own", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}}), w = s.drawn({{10}, {100}});
  check_close(s.forward(weigh_rows{}, x, w), {10, 20, 300, 400});
  const auto d = s.backward(weigh_rows{}, s.drawn({{1, 0}, {2, 3}}), x, w);
  check_close(d[0], {10, 0, 200, 300});
  check_close(d[1], {1, 18});
}

TEST_CASE("weigh_rows says what does not fit") {
  CHECK_THROWS_WITH(weigh_rows{}.shape(sized(3, 2), sized(2, 1)),
                    "weigh_rows: rows of w: expected 3, got 2");
  CHECK_THROWS_WITH(weigh_rows{}.shape(sized(3, 2), sized(3, 2)),
                    "weigh_rows: columns of w: expected 1, got 2");
}

OPERATION_CHECK(weigh_rows) {
  return check_operation([](auto& run) {
    const offset rows = run.choose(4, 300);
    run(weigh_rows{}, shape{rows, run.choose(3, 70)}, shape{rows, 1});
  });
}

}  // namespace filigree
