// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/add.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("add takes two matrices of one shape", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}, {3, 4}}), b = s.drawn({{10, 20}, {30, 40}});
  check_close(s.forward(add{}, a, b), {11, 22, 33, 44});
  const auto d = s.backward(add{}, s.drawn({{1, 2}, {3, 4}}), a, b);
  check_close(d[0], {1, 2, 3, 4});
  check_close(d[1], {1, 2, 3, 4});
}

TEMPLATE_TEST_CASE("add passes both gradients to a matrix that it gets twice", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const auto x = s.drawn({{3, -2}}), dy = s.drawn({{1, 5}});
  auto dx = s.drawn({{100, 100}});
  const gradient<T> both{dx.view()};
  add{}.backward(s.on, dy.view(), dy.view(), x.view(), x.view(), both, both);
  check_close(dx.to_host(s.on), {102, 110});
}

TEMPLATE_TEST_CASE("add scales the sum where asked", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}}), b = s.drawn({{3, 6}});
  check_close(s.forward(add{.by = 0.5}, a, b), {2, 4});
  const auto d = s.backward(add{.by = 0.5}, s.drawn({{8, 2}}), a, b);
  check_close(d[0], {4, 1});
  check_close(d[1], {4, 1});
}

TEST_CASE("add says which shapes differ") {
  CHECK_THROWS_WITH(add{}.shape(sized(2, 3), sized(4, 3)), "add: rows of b: expected 2, got 4");
  CHECK_THROWS_WITH(add{}.shape(sized(2, 3), sized(2, 1)), "add: columns of b: expected 3, got 1");
}

OPERATION_CHECK(add) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    run(add{.by = 0.7}, s, s);
  });
}

}  // namespace filigree
