// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/take_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("take_rows copies the distinct rows of a set in ascending order", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}, {5, 6}});
  const auto of = row_set_of(s.on, {2, 0, 2}, 3);
  check_close(s.forward(take_rows{of}, x), {1, 2, 5, 6});
  check_close(s.backward(take_rows{of}, s.drawn({{7, 8}, {9, 10}}), x)[0], {7, 8, 0, 0, 9, 10});
}

TEST_CASE("take_rows says how many rows it expects") {
  const auto of = row_set_of(reference{}, {2, 0, 2}, 3);
  CHECK_THROWS_WITH(take_rows{of}.shape(sized(4, 2)), "take_rows: rows of x: expected 3, got 4");
}

OPERATION_CHECK(take_rows) {
  return check_operation([](auto& run) {
    const offset bound = run.choose(5, 400);
    const auto of = row_set_of(run.on(), run.random_ids(run.choose(6, 350), bound), bound);
    run(take_rows{of}, shape{bound, run.choose(3, 70)});
  });
}

}  // namespace filigree
