// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/head_dot.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("head_dot gives each head its share of the columns", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2, 3, 4}, {5, 6, 7, 8}}), a = s.drawn({{1, 10, 100, 1000}});
  check_close(s.forward(head_dot{2}, x, a), {21, 4300, 65, 8700});
  const auto d = s.backward(head_dot{2}, s.drawn({{1, 2}, {3, 4}}), x, a);
  check_close(d[0], {1, 10, 200, 2000, 3, 30, 400, 4000});
  check_close(d[1], {16, 20, 34, 40});
}

TEST_CASE("head_dot says what it expects") {
  CHECK_THROWS_WITH(head_dot{1}.shape(sized(3, 4), sized(2, 4)),
                    "head_dot: rows of a: expected 1, got 2");
  CHECK_THROWS_WITH(head_dot{1}.shape(sized(3, 4), sized(1, 3)),
                    "head_dot: columns of a: expected 4, got 3");
  CHECK_THROWS_WITH(head_dot{3}.shape(sized(3, 4), sized(1, 4)),
                    "head_dot: heads: expected a divisor of 4 columns, got 3");
}

OPERATION_CHECK(head_dot) {
  return check_operation([](auto& run) {
    for (const offset heads : {1, 3}) {
      const offset columns = heads * run.choose(2, 37);
      run(head_dot{heads}, shape{run.choose(4, 600), columns}, shape{1, columns});
    }
  });
}

}  // namespace filigree
