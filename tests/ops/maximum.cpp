// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/maximum.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("maximum takes the larger element and passes its gradient there", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 5}, {2, -1}}), b = s.drawn({{3, 4}, {2, -2}});
  check_close(s.forward(maximum{}, a, b), {3, 5, 2, -1});
  const auto d = s.backward(maximum{}, s.drawn({{1, 2}, {3, 4}}), a, b);
  check_close(d[0], {0, 2, 3, 4});
  check_close(d[1], {1, 0, 0, 0});
}

TEMPLATE_TEST_CASE("maximum shows NaN wherever it is", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto y = s.forward(maximum{}, s.drawn({{NAN, 1}}), s.drawn({{1, NAN}}));
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
}

TEST_CASE("maximum says which shape it expects") {
  CHECK_THROWS_WITH(maximum{}.shape(sized(3, 2), sized(2, 2)),
                    "maximum: rows of b: expected 3, got 2");
  CHECK_THROWS_WITH(maximum{}.shape(sized(3, 2), sized(3, 1)),
                    "maximum: columns of b: expected 2, got 1");
}

OPERATION_CHECK(maximum) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    run(maximum{}, s, s);
  });
}

}  // namespace filigree
