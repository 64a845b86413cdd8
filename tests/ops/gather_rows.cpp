// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/gather_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("gather_rows copies rows as listed and sums their gradients", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}, {5, 6}});
  const auto of = row_set_of(s.on, {2, 0, 2}, 3);
  check_close(s.forward(gather_rows{of}, x), {5, 6, 1, 2, 5, 6});
  const auto dy = s.drawn({{1, 2}, {10, 20}, {100, 200}});
  check_close(s.backward(gather_rows{of}, dy, x)[0], {10, 20, 0, 0, 101, 202});
}

TEMPLATE_TEST_CASE("gather_rows of an empty list is an empty matrix", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto of = row_set_of(s.on, {}, 3);
  CHECK(s.forward(gather_rows{of}, s.drawn({{1}, {2}, {3}})).empty());
}

TEST_CASE("gather_rows says what does not fit") {
  const reference on;
  const auto of = row_set_of(on, {2, 0, 2}, 3);
  CHECK_THROWS_WITH(gather_rows{of}.shape(sized(4, 2)),
                    "gather_rows: rows of x: expected 3, got 4");
  CHECK_THROWS_WITH(row_set_of(on, {2, 7}, 3), "row_set: id of entry 1: expected 0 to 2, got 7");
  CHECK_THROWS_WITH(row_set_of(on, {-1}, 3), "row_set: id of entry 0: expected 0 to 2, got -1");
}

OPERATION_CHECK(gather_rows) {
  return check_operation([](auto& run) {
    const offset bound = run.choose(5, 200);
    const auto of = row_set_of(run.on(), run.random_ids(run.choose(8, 700), bound), bound);
    run(gather_rows{of}, shape{bound, run.choose(3, 70)});
  });
}

}  // namespace filigree
