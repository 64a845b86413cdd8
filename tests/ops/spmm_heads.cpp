// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/spmm_heads.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("spmm_heads weighs each head's columns with the weights of that head", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  // Row 0 pulls from columns 0 and 1, row 1 from nothing, row 2 from column 1.
  const graph g(s.on, {3, 2}, std::vector<index>{0, 0, 2}, std::vector<index>{0, 1, 1});
  const auto w = s.drawn({{1, 2}, {3, 4}, {5, 6}});
  const auto x = s.drawn({{1, 10, 100, 1000}, {2, 20, 200, 2000}});
  check_close(s.forward(spmm_heads{g}, w, x),
              {7, 70, 1000, 10000, 0, 0, 0, 0, 10, 100, 1200, 12000});
  const auto dy = s.drawn({{1, 0, 0, 1}, {9, 9, 9, 9}, {0, 1, 1, 0}});
  const auto d = s.backward(spmm_heads{g}, dy, w, x);
  check_close(d[0], {1, 1000, 2, 2000, 20, 200});
  check_close(d[1], {1, 0, 0, 2, 3, 5, 6, 4});
}

TEMPLATE_TEST_CASE("spmm_heads overwrites gradients that are empty", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const setting<TestType> s;
  const graph g(s.on, {2, 3}, std::vector<index>{0}, std::vector<index>{2});
  const auto w = s.drawn({{2, 3}}), x = s.drawn({{1, 1}, {1, 1}, {4, 5}});
  const auto dy = s.drawn({{1, 10}, {100, 100}});
  auto dw = s.drawn({{7, 7}}), dx = s.drawn({{7, 7}, {7, 7}, {7, 7}});
  spmm_heads{g}.backward(s.on, dy.view(), dy.view(), w.view(), x.view(),
                         gradient<T>{dw.view(), true}, gradient<T>{dx.view(), true});
  check_close(dw.to_host(s.on), {4, 50});
  check_close(dx.to_host(s.on), {0, 0, 0, 0, 2, 30});
}

TEST_CASE("spmm_heads says what does not fit") {
  const graph g(reference{}, {2, 3}, std::vector<index>{0}, std::vector<index>{0});
  const spmm_heads op{g};
  CHECK_THROWS_WITH(op.shape(sized(2, 1), sized(3, 4)),
                    "spmm_heads: rows of weights: expected 1, got 2");
  CHECK_THROWS_WITH(op.shape(sized(1, 0), sized(3, 4)),
                    "spmm_heads: columns of weights: expected 1, got 0");
  CHECK_THROWS_WITH(op.shape(sized(1, 2), sized(2, 4)), "spmm_heads: rows of x: expected 3, got 2");
  CHECK_THROWS_WITH(op.shape(sized(1, 3), sized(3, 4)),
                    "spmm_heads: columns of x modulo those of weights: expected 0, got 1");
}

OPERATION_CHECK(spmm_heads) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph(), u = run.random_undirected();
    for (const offset heads : {1, 3}) {
      const offset columns = heads * run.choose(2, 43);
      run(spmm_heads{g}, shape{g.edges(), heads}, shape{g.cols(), columns});
      run(spmm_heads{u}, shape{u.edges(), heads}, shape{u.cols(), columns});
    }
    run(spmm_heads{g}, shape{g.edges(), 4}, shape{g.cols(), 4 * run.choose(1, 8)});
  });
}

}  // namespace filigree
