// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/blend.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("blend mixes two matrices row by row, or element by element", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}, {3, 4}}), b = s.drawn({{10, 20}, {30, 40}});
  const auto rows = s.drawn({{1}, {.5}}), each = s.drawn({{0, 1}, {.5, 0}});
  check_close(s.forward(blend{}, rows, a, b), {1, 2, 16.5, 22});
  check_close(s.forward(blend{}, each, a, b), {10, 2, 16.5, 40});
  const auto dy = s.drawn({{1, 2}, {3, 4}});
  const auto d = s.backward(blend{}, dy, rows, a, b);
  check_close(d[0], {-9 - 36, -81 - 144});
  check_close(d[1], {1, 2, 1.5, 2});
  check_close(d[2], {0, 0, 1.5, 2});
  check_close(s.backward(blend{}, dy, each, a, b)[0], {-9, -36, -81, -144});
}

TEST_CASE("blend says which sizes it expects") {
  const auto x = sized(3, 2);
  CHECK_THROWS_WITH(blend{}.shape(sized(3, 1), x, sized(2, 2)),
                    "blend: rows of b: expected 3, got 2");
  CHECK_THROWS_WITH(blend{}.shape(sized(3, 1), x, sized(3, 1)),
                    "blend: columns of b: expected 2, got 1");
  CHECK_THROWS_WITH(blend{}.shape(sized(2, 1), x, x), "blend: rows of g: expected 3, got 2");
  CHECK_THROWS_WITH(blend{}.shape(sized(3, 3), x, x), "blend: columns of g: expected 2, got 3");
}

OPERATION_CHECK(blend) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    run(blend{}, shape{s.rows, 1}, s, s);
    run(blend{}, s, s, s);
  });
}

}  // namespace filigree
