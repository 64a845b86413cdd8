// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/sddmm.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("sddmm scores each edge by the rows at its ends", "", EVERYWHERE) {
  const setting<TestType> s;
  // Row 0 pulls from columns 0 and 2, row 1 from column 1.
  const graph g(s.on, {2, 3}, std::vector<index>{0, 0, 1}, std::vector<index>{0, 2, 1});
  const auto a = s.drawn({{1, 2}, {3, 4}}), b = s.drawn({{1, 0}, {0, 1}, {1, 1}});
  check_close(s.forward(sddmm{g}, a, b), {1, 3, 4});
  const auto d = s.backward(sddmm{g}, s.drawn({{1}, {10}, {100}}), a, b);
  check_close(d[0], {11, 10, 0, 100});
  check_close(d[1], {1, 2, 300, 400, 10, 20});
}

TEST_CASE("sddmm says which shapes do not fit") {
  const graph g(reference{}, {2, 3}, std::vector<index>{0}, std::vector<index>{2});
  CHECK_THROWS_WITH(sddmm{g}.shape(sized(3, 4), sized(3, 4)),
                    "sddmm: rows of a: expected 2, got 3");
  CHECK_THROWS_WITH(sddmm{g}.shape(sized(2, 4), sized(2, 4)),
                    "sddmm: rows of b: expected 3, got 2");
  CHECK_THROWS_WITH(sddmm{g}.shape(sized(2, 4), sized(3, 5)),
                    "sddmm: columns of b: expected 4, got 5");
}

OPERATION_CHECK(sddmm) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph(), u = run.random_undirected();
    for (const offset d : {run.choose(1, 16), run.choose(3, 70)}) {
      run(sddmm{g}, shape{g.rows(), d}, shape{g.cols(), d});
      run(sddmm{u}, shape{u.rows(), d}, shape{u.cols(), d});
    }
  });
}

}  // namespace filigree
