// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/matmul.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("matmul multiplies matrices, transposed if asked to", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto a = s.drawn({{1, 2}, {3, 4}}), a_transposed = s.drawn({{1, 3}, {2, 4}});
  const auto b = s.drawn({{5, 6, 7}, {8, 9, 10}}),
             b_transposed = s.drawn({{5, 8}, {6, 9}, {7, 10}});
  const auto dy = s.drawn({{1, 0, 0}, {0, 1, 0}});
  const std::vector<double> y{21, 24, 27, 47, 54, 61};
  check_close(s.forward(matmul{}, a, b), y);
  check_close(s.forward(matmul{true, false}, a_transposed, b), y);
  check_close(s.forward(matmul{false, true}, a, b_transposed), y);
  check_close(s.forward(matmul{true, true}, a_transposed, b_transposed), y);

  auto d = s.backward(matmul{}, dy, a, b);
  check_close(d[0], {5, 8, 6, 9});
  check_close(d[1], {1, 3, 0, 2, 4, 0});
  d = s.backward(matmul{true, true}, dy, a_transposed, b_transposed);
  check_close(d[0], {5, 6, 8, 9});
  check_close(d[1], {1, 2, 3, 4, 0, 0});
}

TEMPLATE_TEST_CASE("matmul over a depth of nothing gives zeros", "", EVERYWHERE) {
  const setting<TestType> s;
  using matrix_type = decltype(s.drawn({{1}}));
  const matrix_type a(s.on, {2, 0}), b(s.on, {0, 3});
  check_close(s.forward(matmul{}, a, b), {0, 0, 0, 0, 0, 0});
}

TEST_CASE("matmul says which side does not fit") {
  CHECK_THROWS_WITH(matmul{}.shape(sized(2, 3), sized(4, 5)),
                    "matmul: rows of b: expected 3, got 4");
  CHECK_THROWS_WITH((matmul{true, false}.shape(sized(2, 3), sized(3, 5))),
                    "matmul: rows of b: expected 2, got 3");
  CHECK_THROWS_WITH((matmul{false, true}.shape(sized(2, 3), sized(3, 5))),
                    "matmul: columns of b: expected 3, got 5");
}

OPERATION_CHECK(matmul) {
  return check_operation([](auto& run) {
    const offset n = run.choose(4, 300), k = run.choose(3, 70), m = run.choose(2, 45);
    run(matmul{}, shape{n, k}, shape{k, m});
    run(matmul{true, false}, shape{k, n}, shape{k, m});
    run(matmul{false, true}, shape{n, k}, shape{m, k});
    run(matmul{true, true}, shape{k, n}, shape{m, k});
  });
}

}  // namespace filigree
