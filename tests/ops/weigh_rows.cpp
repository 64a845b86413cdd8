// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/weigh_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("weigh_rows multiplies each row by a number of its own", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}}), w = s.drawn({{10}, {-1}});
  check_close(s.forward(weigh_rows{}, x, w), {10, 20, -3, -4});
  const auto d = s.backward(weigh_rows{}, s.drawn({{1, 2}, {3, 4}}), x, w);
  check_close(d[0], {10, 20, -3, -4});
  check_close(d[1], {5, 25});
}

TEST_CASE("weigh_rows says which sizes it expects") {
  CHECK_THROWS_WITH(weigh_rows{}.shape(sized(3, 2), sized(2, 1)),
                    "weigh_rows: rows of s: expected 3, got 2");
  CHECK_THROWS_WITH(weigh_rows{}.shape(sized(3, 2), sized(3, 2)),
                    "weigh_rows: columns of s: expected 1, got 2");
}

OPERATION_CHECK(weigh_rows) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    run(weigh_rows{}, s, shape{s.rows, 1});
  });
}

}  // namespace filigree
