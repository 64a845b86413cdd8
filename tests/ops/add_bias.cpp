// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/add_bias.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("add_bias adds one row to all rows", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}, {5, 6}}), b = s.drawn({{10, 20}});
  check_close(s.forward(add_bias{}, x, b), {11, 22, 13, 24, 15, 26});
  const auto d = s.backward(add_bias{}, s.drawn({{1, 2}, {3, 4}, {5, 7}}), x, b);
  check_close(d[0], {1, 2, 3, 4, 5, 7});
  check_close(d[1], {9, 13});
}

TEMPLATE_TEST_CASE("the gradient of a bias overwrites what is empty and adds to what is not", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  for (const offset rows : {0, 1, 64, 65, 5000}) {
    matrix<T, B> dy(s.on, {rows, 2});
    s.on.fill(dy.data(), dy.size(), T(1));
    for (const bool empty : {false, true}) {
      auto db = s.drawn({{7, 9}});
      const auto in = std::as_const(dy).view();
      add_bias{}.backward(s.on, in, in, in, std::as_const(db).view(), gradient<T>{},
                          gradient<T>{db.view(), empty});
      const auto n = static_cast<double>(rows);
      check_close(db.to_host(s.on), {n + (empty ? 0 : 7), n + (empty ? 0 : 9)});
    }
  }
}

TEST_CASE("add_bias says what does not fit") {
  CHECK_THROWS_WITH(add_bias{}.shape(sized(3, 2), sized(3, 2)),
                    "add_bias: rows of b: expected 1, got 3");
  CHECK_THROWS_WITH(add_bias{}.shape(sized(3, 2), sized(1, 1)),
                    "add_bias: columns of b: expected 2, got 1");
}

OPERATION_CHECK(add_bias) {
  return check_operation([](auto& run) {
    const offset columns = run.choose(3, 70);
    run(add_bias{}, shape{run.choose(4, 4500), columns}, shape{1, columns});
    run(add_bias{}, shape{0, columns}, shape{1, columns});
    run(add_bias{}, shape{3, 0}, shape{1, 0});
  });
}

}  // namespace filigree
