// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/scatter_add_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("scatter_add_rows sums rows into the rows that are listed", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}, {5, 6}});
  const auto of = row_set_of(s.on, {2, 0, 2}, 4);
  check_close(s.forward(scatter_add_rows{of}, x), {3, 4, 0, 0, 6, 8, 0, 0});
  const auto dy = s.drawn({{1, 2}, {10, 20}, {100, 200}, {1000, 2000}});
  check_close(s.backward(scatter_add_rows{of}, dy, x)[0], {100, 200, 1, 2, 100, 200});
}

TEST_CASE("scatter_add_rows says how many rows it expects") {
  const auto of = row_set_of(reference{}, {2, 0, 2, 1}, 3);
  CHECK_THROWS_WITH(scatter_add_rows{of}.shape(sized(3, 2)),
                    "scatter_add_rows: rows of x: expected 4, got 3");
}

OPERATION_CHECK(scatter_add_rows) {
  return check_operation([](auto& run) {
    const offset bound = run.choose(5, 200), n = run.choose(8, 700);
    const auto of = row_set_of(run.on(), run.random_ids(n, bound), bound);
    run(scatter_add_rows{of}, shape{n, run.choose(3, 70)});
  });
}

}  // namespace filigree
