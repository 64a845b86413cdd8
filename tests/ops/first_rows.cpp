// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/first_rows.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("first_rows keeps the rows above, and the others get no gradient", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}, {5, 6}}), dy = s.drawn({{1, 2}, {3, 4}});
  check_close(s.forward(first_rows{2}, x), {1, 2, 3, 4});
  check_close(s.backward(first_rows{2}, dy, x)[0], {1, 2, 3, 4, 0, 0});
  auto dx = s.drawn({{7, 7}, {7, 7}, {7, 7}});
  first_rows{2}.backward(s.on, dy.view(), dy.view(), x.view(), gradient<T>{dx.view(), true});
  check_close(dx.to_host(s.on), {1, 2, 3, 4, 0, 0});
}

TEST_CASE("first_rows says when there are not enough") {
  CHECK_THROWS_WITH(first_rows{3}.shape(sized(2, 1)), "first_rows: rows of x: expected 3, got 2");
  CHECK_THROWS_WITH(first_rows{-1}.shape(sized(2, 1)), "first_rows: rows: expected 0, got -1");
}

OPERATION_CHECK(first_rows) {
  return check_operation([](auto& run) {
    const shape s{run.choose(5, 300), run.choose(3, 70)};
    for (const offset n : {offset{0}, s.rows / 2, s.rows}) run(first_rows{n}, s);
  });
}

}  // namespace filigree
