// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/tie_edges.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("tie_edges gives partners the mean of what they have", "", EVERYWHERE) {
  const setting<TestType> s;
  // The edges (0, 1), (1, 0), (1, 1).
  const auto g = graph<typename TestType::backend>::undirected(s.on, 2, std::vector<index>{0, 1},
                                                               std::vector<index>{1, 1});
  const auto x = s.drawn({{1}, {5}, {7}});
  check_close(s.forward(tie_edges{g}, x), {3, 3, 7});
  check_close(s.backward(tie_edges{g}, s.drawn({{2}, {4}, {6}}), x)[0], {3, 3, 6});
}

TEST_CASE("tie_edges says what does not fit") {
  const reference on;
  const auto g = graph<reference>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  const graph directed(on, {2, 2}, std::vector<index>{0}, std::vector<index>{1});
  CHECK_THROWS_WITH(tie_edges{g}.shape(sized(1, 1)), "tie_edges: rows of x: expected 2, got 1");
  CHECK_THROWS_WITH(tie_edges{g}.shape(sized(2, 3)), "tie_edges: columns of x: expected 1, got 3");
  CHECK_THROWS_WITH(tie_edges{directed}.shape(sized(1, 1)),
                    "tie_edges: graph: expected an undirected one, got a directed one");
}

OPERATION_CHECK(tie_edges) {
  return check_operation([](auto& run) {
    const auto u = run.random_undirected();
    run(tie_edges{u}, shape{u.edges(), 1});
  });
}

}  // namespace filigree
