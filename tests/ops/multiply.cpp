// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/multiply.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("multiply takes two matrices element by element", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}, {3, 4}}), b = s.drawn({{5, -6}, {0, 8}});
  check_close(s.forward(multiply{}, a, b), {5, -12, 0, 32});
  const auto d = s.backward(multiply{}, s.drawn({{1, 10}, {100, 1000}}), a, b);
  check_close(d[0], {5, -60, 0, 8000});
  check_close(d[1], {1, 20, 300, 4000});
}

TEMPLATE_TEST_CASE("multiply squares a matrix that it gets twice", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const auto x = s.drawn({{3, -2}}), dy = s.drawn({{1, 1}}), y = s.drawn({{9, 4}});
  auto dx = s.drawn({{0, 0}});
  const gradient<T> both{dx.view()};
  multiply{}.backward(s.on, dy.view(), y.view(), x.view(), x.view(), both, both);
  check_close(dx.to_host(s.on), {6, -4});
}

TEST_CASE("multiply says which shapes differ") {
  CHECK_THROWS_WITH(multiply{}.shape(sized(2, 3), sized(4, 3)),
                    "multiply: rows of b: expected 2, got 4");
  CHECK_THROWS_WITH(multiply{}.shape(sized(2, 3), sized(2, 1)),
                    "multiply: columns of b: expected 3, got 1");
}

OPERATION_CHECK(multiply) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    run(multiply{}, s, s);
  });
}

}  // namespace filigree
