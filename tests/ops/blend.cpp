// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/blend.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("blend takes a share of one and the rest of the other", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{10, 20}, {30, 40}}), b = s.drawn({{2, 4}, {6, 8}});
  const auto dy = s.drawn({{1, 2}, {3, 4}});

  const auto by_row = s.drawn({{0.5}, {1}});
  check_close(s.forward(blend{}, by_row, a, b), {6, 12, 30, 40});
  auto d = s.backward(blend{}, dy, by_row, a, b);
  check_close(d[0], {8 + 2 * 16, 3 * 24 + 4 * 32});
  check_close(d[1], {0.5, 1, 3, 4});
  check_close(d[2], {0.5, 1, 0, 0});

  const auto by_element = s.drawn({{0.5, 0}, {1, 0.25}});
  check_close(s.forward(blend{}, by_element, a, b), {6, 4, 30, 16});
  d = s.backward(blend{}, dy, by_element, a, b);
  check_close(d[0], {8, 2 * 16, 3 * 24, 4 * 32});
  check_close(d[1], {0.5, 0, 3, 1});
  check_close(d[2], {0.5, 2, 0, 3});
}

TEST_CASE("blend says what does not fit") {
  CHECK_THROWS_WITH(blend{}.shape(sized(2, 1), sized(2, 3), sized(1, 3)),
                    "blend: rows of b: expected 2, got 1");
  CHECK_THROWS_WITH(blend{}.shape(sized(2, 1), sized(2, 3), sized(2, 4)),
                    "blend: columns of b: expected 3, got 4");
  CHECK_THROWS_WITH(blend{}.shape(sized(3, 1), sized(2, 3), sized(2, 3)),
                    "blend: rows of g: expected 2, got 3");
  CHECK_THROWS_WITH(blend{}.shape(sized(2, 2), sized(2, 3), sized(2, 3)),
                    "blend: columns of g: expected 3, got 2");
}

OPERATION_CHECK(blend) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    run(blend{}, s, s, s);
    run(blend{}, shape{s.rows, 1}, s, s);
    run(blend{}, shape{s.rows, 1}, shape{s.rows, 1}, shape{s.rows, 1});
  });
}

}  // namespace filigree
