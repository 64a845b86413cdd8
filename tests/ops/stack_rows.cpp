// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/stack_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("stack_rows puts one matrix above another", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}}), b = s.drawn({{3, 4}, {5, 6}});
  check_close(s.forward(stack_rows{}, a, b), {1, 2, 3, 4, 5, 6});
  const auto d = s.backward(stack_rows{}, s.drawn({{1, 2}, {3, 4}, {5, 6}}), a, b);
  check_close(d[0], {1, 2});
  check_close(d[1], {3, 4, 5, 6});
}

TEST_CASE("stack_rows says which columns differ") {
  CHECK_THROWS_WITH(stack_rows{}.shape(sized(2, 3), sized(2, 4)),
                    "stack_rows: columns of b: expected 3, got 4");
}

OPERATION_CHECK(stack_rows) {
  return check_operation([](auto& run) {
    const offset columns = run.choose(3, 70);
    run(stack_rows{}, shape{run.choose(4, 300), columns}, shape{run.choose(2, 170), columns});
    run(stack_rows{}, shape{0, columns}, shape{2, columns});
    run(stack_rows{}, shape{2, columns}, shape{0, columns});
  });
}

}  // namespace filigree
