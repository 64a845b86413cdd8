// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/concat_columns.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("concat_columns puts two matrices side by side", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1}, {2}}), b = s.drawn({{3, 4}, {5, 6}});
  check_close(s.forward(concat_columns{}, a, b), {1, 3, 4, 2, 5, 6});
  const auto d = s.backward(concat_columns{}, s.drawn({{1, 2, 3}, {4, 5, 6}}), a, b);
  check_close(d[0], {1, 4});
  check_close(d[1], {2, 3, 5, 6});
}

TEST_CASE("concat_columns says which rows differ") {
  CHECK_THROWS_WITH(concat_columns{}.shape(sized(2, 3), sized(4, 3)),
                    "concat_columns: rows of b: expected 2, got 4");
}

OPERATION_CHECK(concat_columns) {
  return check_operation([](auto& run) {
    const offset n = run.choose(4, 300);
    run(concat_columns{}, shape{n, run.choose(3, 70)}, shape{n, run.choose(2, 33)});
    run(concat_columns{}, shape{n, 0}, shape{n, 2});
  });
}

}  // namespace filigree
