// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/first_rows.hpp>
#include <filigree/ops/stack_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("stack_rows puts a matrix above another, first_rows takes it off", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}}), b = s.drawn({{3, 4}, {5, 6}});
  check_close(s.forward(stack_rows{}, a, b), {1, 2, 3, 4, 5, 6});
  const auto dy = s.drawn({{1, 2}, {3, 4}, {5, 6}});
  const auto d = s.backward(stack_rows{}, dy, a, b);
  check_close(d[0], {1, 2});
  check_close(d[1], {3, 4, 5, 6});
  check_close(s.forward(first_rows{2}, dy), {1, 2, 3, 4});
  check_close(s.backward(first_rows{1}, a, dy)[0], {1, 2, 0, 0, 0, 0});
}

TEST_CASE("stack_rows and first_rows say which sizes they expect") {
  CHECK_THROWS_WITH(stack_rows{}.shape(sized(3, 2), sized(3, 1)),
                    "stack_rows: columns of b: expected 2, got 1");
  CHECK_THROWS_WITH(first_rows{4}.shape(sized(3, 2)), "first_rows: rows of x: expected 4, got 3");
}

OPERATION_CHECK(stack_rows) {
  return check_operation([](auto& run) {
    const offset columns = run.choose(3, 70);
    run(stack_rows{}, shape{run.choose(2, 100), columns}, shape{run.choose(3, 200), columns});
    run(stack_rows{}, shape{0, columns}, shape{run.choose(3, 200), columns});
  });
}
OPERATION_CHECK(first_rows) {
  return check_operation([](auto& run) {
    run(first_rows{run.choose(2, 120)}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
