// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/csr_linear.hpp>

#include <vector>

namespace filigree {

// W = [ 1 0 2 ]   x = [ 1 2 3 ]
//     [ 0 3 0 ]       [ 4 5 6 ]
TEMPLATE_TEST_CASE("a layer with a fixed pattern learns the values on it", "", EVERYWHERE) {
  const setting<TestType> s;
  const graph g(s.on, {2, 3}, std::vector<index>{0, 0, 1}, std::vector<index>{0, 2, 1});
  const auto w = s.drawn({{1}, {2}, {3}}), x = s.drawn({{1, 2, 3}, {4, 5, 6}});
  check_close(s.forward(csr_linear{g}, w, x), {7, 6, 16, 15});
  const auto d = s.backward(csr_linear{g}, s.drawn({{1, 0}, {0, 10}}), w, x);
  check_close(d[0], {1, 3, 50});
  check_close(d[1], {1, 0, 2, 0, 30, 0});
}

TEST_CASE("csr_linear says which shapes do not fit") {
  const graph g(reference{}, {2, 3}, std::vector<index>{0}, std::vector<index>{2});
  CHECK_THROWS_WITH(csr_linear{g}.shape(sized(2, 1), sized(4, 3)),
                    "csr_linear: rows of weights: expected 1, got 2");
  CHECK_THROWS_WITH(csr_linear{g}.shape(sized(1, 2), sized(4, 3)),
                    "csr_linear: columns of weights: expected 1, got 2");
  CHECK_THROWS_WITH(csr_linear{g}.shape(sized(1, 1), sized(4, 2)),
                    "csr_linear: columns of x: expected 3, got 2");
}

OPERATION_CHECK(csr_linear) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph();
    for (const offset batch : {run.choose(1, 1), run.choose(3, 37), run.choose(2, 70)})
      run(csr_linear{g}, shape{g.edges(), 1}, shape{batch, g.cols()});
  });
}

}  // namespace filigree
