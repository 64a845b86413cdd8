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

TEMPLATE_TEST_CASE("sum_ends adds for each head apart", "", EVERYWHERE) {
  const setting<TestType> s;
  const graph g(s.on, {2, 3}, std::vector<index>{0, 0, 1}, std::vector<index>{0, 2, 2});
  const auto a = s.drawn({{1, 5}, {2, 6}}), b = s.drawn({{10, 1}, {20, 2}, {30, 3}});
  check_close(s.forward(sum_ends{g}, a, b), {11, 6, 31, 8, 32, 9});
  const auto d = s.backward(sum_ends{g}, s.drawn({{1, 10}, {2, 20}, {4, 40}}), a, b);
  check_close(d[0], {3, 30, 4, 40});
  check_close(d[1], {1, 10, 0, 0, 6, 60});
}

TEST_CASE("sum_ends says what does not fit") {
  const reference on;
  const graph g(on, {2, 3}, std::vector<index>{0}, std::vector<index>{0});
  CHECK_THROWS_WITH(sum_ends{g}.shape(sized(3, 1), sized(3, 1)),
                    "sum_ends: rows of a: expected 2, got 3");
  CHECK_THROWS_WITH(sum_ends{g}.shape(sized(2, 1), sized(3, 2)),
                    "sum_ends: columns of b: expected 1, got 2");
}

OPERATION_CHECK(sum_ends) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph(), u = run.random_undirected();
    run(sum_ends{g}, shape{g.rows(), 1}, shape{g.cols(), 1});
    run(sum_ends{g}, shape{g.rows(), 3}, shape{g.cols(), 3});
    run(sum_ends{u}, shape{u.rows(), 1}, shape{u.cols(), 1});
  });
}

}  // namespace filigree
