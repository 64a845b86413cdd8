// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/head_dot.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("head_dot multiplies each head's columns by its own part of one row", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2, 3, 4}, {5, 6, 7, 8}}), a = s.drawn({{1, 10, 100, 1000}});
  check_close(s.forward(head_dot{2}, x, a), {21, 4300, 65, 8700});
  check_close(s.forward(head_dot{}, x, a), {4321, 8765});
  const auto d = s.backward(head_dot{2}, s.drawn({{1, 2}, {3, 4}}), x, a);
  check_close(d[0], {1, 10, 200, 2000, 3, 30, 400, 4000});
  check_close(d[1], {16, 20, 34, 40});
}

TEST_CASE("head_dot says what does not fit") {
  CHECK_THROWS_WITH(head_dot{0}.shape(sized(2, 4), sized(1, 4)),
                    "head_dot: heads: expected 1, got 0");
  CHECK_THROWS_WITH(head_dot{3}.shape(sized(2, 4), sized(1, 4)),
                    "head_dot: columns of x modulo heads: expected 0, got 1");
  CHECK_THROWS_WITH(head_dot{2}.shape(sized(2, 4), sized(2, 4)),
                    "head_dot: rows of a: expected 1, got 2");
  CHECK_THROWS_WITH(head_dot{2}.shape(sized(2, 4), sized(1, 2)),
                    "head_dot: columns of a: expected 4, got 2");
}

OPERATION_CHECK(head_dot) {
  return check_operation([](auto& run) {
    const offset rows = run.choose(4, 300);
    for (const offset heads : {1, 3}) {
      const offset columns = heads * run.choose(2, 43);
      run(head_dot{heads}, shape{rows, columns}, shape{1, columns});
    }
    run(head_dot{2}, shape{0, 4}, shape{1, 4});
  });
}

}  // namespace filigree
