// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/add_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("add_rows adds the distinct rows of a set in ascending order", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{10, 20}, {30, 40}}), x = s.drawn({{1, 2}, {3, 4}, {5, 6}});
  const auto of = row_set_of(s.on, {2, 0, 2}, 3);
  check_close(s.forward(add_rows{of}, a, x), {11, 22, 35, 46});
  const auto d = s.backward(add_rows{of}, s.drawn({{7, 8}, {9, 10}}), a, x);
  check_close(d[0], {7, 8, 9, 10});
  check_close(d[1], {7, 8, 0, 0, 9, 10});
}

TEST_CASE("add_rows says which sizes it expects") {
  const auto of = row_set_of(reference{}, {2, 0, 2}, 3);
  CHECK_THROWS_WITH(add_rows{of}.shape(sized(3, 2), sized(3, 2)),
                    "add_rows: rows of a: expected 2, got 3");
  CHECK_THROWS_WITH(add_rows{of}.shape(sized(2, 2), sized(4, 2)),
                    "add_rows: rows of x: expected 3, got 4");
  CHECK_THROWS_WITH(add_rows{of}.shape(sized(2, 2), sized(3, 1)),
                    "add_rows: columns of x: expected 2, got 1");
}

OPERATION_CHECK(add_rows) {
  return check_operation([](auto& run) {
    const offset bound = run.choose(5, 400), columns = run.choose(3, 70);
    const auto of = row_set_of(run.on(), run.random_ids(run.choose(6, 350), bound), bound);
    run(add_rows{of}, shape{of.size(), columns}, shape{bound, columns});
  });
}

}  // namespace filigree
