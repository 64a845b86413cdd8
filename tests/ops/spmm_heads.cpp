// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/spmm_heads.hpp>

#include <vector>

namespace filigree {

// [ . a b ]
// [ . . . ]
TEMPLATE_TEST_CASE("spmm_heads weighs each head's columns by the head's weight", "", EVERYWHERE) {
  const setting<TestType> s;
  using B = typename TestType::backend;
  const graph<B> g(s.on, {2, 3}, std::vector<index>{0, 0}, std::vector<index>{1, 2});
  const auto w = s.drawn({{1, 10}, {2, 20}});
  const auto x = s.drawn({{9, 9, 9, 9}, {1, 2, 3, 4}, {5, 6, 7, 8}});
  check_close(s.forward(spmm_heads{g}, w, x), {11, 14, 170, 200, 0, 0, 0, 0});
  const auto d = s.backward(spmm_heads{g}, s.drawn({{1, 1, 1, 2}, {7, 7, 7, 7}}), w, x);
  check_close(d[0], {3, 11, 11, 23});
  check_close(d[1], {0, 0, 0, 0, 1, 1, 10, 20, 2, 2, 20, 40});
}

TEST_CASE("spmm_heads says what it expects") {
  const graph<reference> g(reference{}, {2, 3}, std::vector<index>{0, 0}, std::vector<index>{1, 2});
  CHECK_THROWS_WITH(spmm_heads{g}.shape(sized(3, 2), sized(3, 4)),
                    "spmm_heads: rows of weights: expected 2, got 3");
  CHECK_THROWS_WITH(spmm_heads{g}.shape(sized(2, 2), sized(2, 4)),
                    "spmm_heads: rows of x: expected 3, got 2");
  CHECK_THROWS_WITH(spmm_heads{g}.shape(sized(2, 3), sized(3, 4)),
                    "spmm_heads: columns of weights: expected a divisor of 4 columns, got 3");
}

OPERATION_CHECK(spmm_heads) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph();
    for (const offset heads : {1, 4}) {
      const offset columns = heads * run.choose(2, 17);
      run(spmm_heads{g}, shape{g.edges(), heads}, shape{g.cols(), columns});
    }
  });
}

}  // namespace filigree
