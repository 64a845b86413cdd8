// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/add_bias.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("add_bias adds one row to each", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}, {5, 6}}), b = s.drawn({{10, 20}});
  check_close(s.forward(add_bias{}, x, b), {11, 22, 13, 24, 15, 26});
  const auto d = s.backward(add_bias{}, s.drawn({{1, 2}, {3, 4}, {5, 7}}), x, b);
  check_close(d[0], {1, 2, 3, 4, 5, 7});
  check_close(d[1], {9, 13});
}

TEMPLATE_TEST_CASE("add_bias of no rows has no rows", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const auto x = matrix<T, typename TestType::backend>::zeros(s.on, {0, 2});
  CHECK(s.forward(add_bias{}, x, s.drawn({{1, 2}})).empty());
  check_close(s.backward(add_bias{}, x, x, s.drawn({{1, 2}}))[1], {0, 0});
}

TEST_CASE("add_bias says which sizes it expects") {
  CHECK_THROWS_WITH(add_bias{}.shape(sized(3, 2), sized(2, 2)),
                    "add_bias: rows of b: expected 1, got 2");
  CHECK_THROWS_WITH(add_bias{}.shape(sized(3, 2), sized(1, 3)),
                    "add_bias: columns of b: expected 2, got 3");
}

OPERATION_CHECK(add_bias) {
  return check_operation([](auto& run) {
    const offset columns = run.choose(3, 70);
    // Several blocks of rows, the last one not full.
    run(add_bias{}, shape{run.choose(5, 900), columns}, shape{1, columns});
  });
}

}  // namespace filigree
