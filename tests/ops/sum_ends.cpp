// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/sum_ends.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("sum_ends adds what both ends of an edge have", "", EVERYWHERE) {
  const setting<TestType> s;
  const graph g(s.on, {2, 3}, std::vector<index>{0, 0, 1}, std::vector<index>{0, 2, 2});
  const auto a = s.drawn({{1}, {2}}), b = s.drawn({{10}, {20}, {30}});
  check_close(s.forward(sum_ends{g}, a, b), {11, 31, 32});
  const auto d = s.backward(sum_ends{g}, s.drawn({{1}, {2}, {4}}), a, b);
  check_close(d[0], {3, 4});
  check_close(d[1], {1, 0, 6});
}

TEMPLATE_TEST_CASE("sum_ends adds each column on its own", "", EVERYWHERE) {
  const setting<TestType> s;
  const graph g(s.on, {2, 3}, std::vector<index>{0, 0, 1}, std::vector<index>{0, 2, 2});
  const auto a = s.drawn({{1, 3}, {2, 4}}), b = s.drawn({{10, 40}, {20, 50}, {30, 60}});
  check_close(s.forward(sum_ends{g}, a, b), {11, 43, 31, 63, 32, 64});
  const auto d = s.backward(sum_ends{g}, s.drawn({{1, 10}, {2, 20}, {4, 40}}), a, b);
  check_close(d[0], {3, 30, 4, 40});
  check_close(d[1], {1, 10, 0, 0, 6, 60});
}

TEST_CASE("sum_ends says what does not fit") {
  const reference on;
  const graph g(on, {2, 3}, std::vector<index>{0}, std::vector<index>{0});
  CHECK_THROWS_WITH(sum_ends{g}.shape(sized(3, 1), sized(3, 1)),
                    "sum_ends: rows of a: expected 2, got 3");
  CHECK_THROWS_WITH(sum_ends{g}.shape(sized(2, 1), sized(2, 1)),
                    "sum_ends: rows of b: expected 3, got 2");
  CHECK_THROWS_WITH(sum_ends{g}.shape(sized(2, 1), sized(3, 2)),
                    "sum_ends: columns of b: expected 1, got 2");
  CHECK_THROWS_WITH(sum_ends{g}.shape(sized(2, 2), sized(3, 1)),
                    "sum_ends: columns of b: expected 2, got 1");
}

OPERATION_CHECK(sum_ends) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph(), u = run.random_undirected();
    run(sum_ends{g}, shape{g.rows(), 1}, shape{g.cols(), 1});
    run(sum_ends{u}, shape{u.rows(), 1}, shape{u.cols(), 1});
    run(sum_ends{g}, shape{g.rows(), 3}, shape{g.cols(), 3});
  });
}

}  // namespace filigree
