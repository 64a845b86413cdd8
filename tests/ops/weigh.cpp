// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/weigh.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("weigh multiplies a matrix by one learned weight", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}}), w = s.drawn({{7, -2, 9}});
  check_close(s.forward(weigh{1}, x, w), {-2, -4, -6, -8});
  const auto d = s.backward(weigh{1}, s.drawn({{1, 10}, {100, 1000}}), x, w);
  check_close(d[0], {-2, -20, -200, -2000});
  check_close(d[1], {0, 4321, 0});
}

TEST_CASE("weigh says what does not fit") {
  CHECK_THROWS_WITH(weigh{0}.shape(sized(2, 2), sized(3, 1)),
                    "weigh: rows of w: expected 1, got 3");
  CHECK_THROWS_WITH(weigh{2}.shape(sized(2, 2), sized(1, 2)),
                    "weigh: columns of w: expected 3, got 2");
}

OPERATION_CHECK(weigh) {
  return check_operation([](auto& run) {
    run(weigh{1}, shape{run.choose(4, 300), run.choose(3, 70)}, shape{1, 3});
  });
}

}  // namespace filigree
