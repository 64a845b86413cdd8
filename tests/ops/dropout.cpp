// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/dropout.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("dropout drops a share of the elements and keeps the mean", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const dropout drop{.rate = 0.25, .random = {.key = 1, .stream = 2}};
  const std::vector<T> ones(100 * 100, T(1));
  const matrix x(s.on, std::span(ones), {100, 100});
  const auto y = s.forward(drop, x);
  const auto dropped = std::count(y.begin(), y.end(), T(0));
  CHECK(dropped > 2300);
  CHECK(dropped < 2700);
  CHECK(dropped + std::count(y.begin(), y.end(), static_cast<T>(1 / 0.75)) == 10000);
  // Backward regenerates the mask: with all ones it is the same matrix.
  CHECK(s.backward(drop, x, x)[0] == y);
  CHECK(s.forward(drop, x) == y);
  CHECK(s.forward(dropout{.rate = 0.25, .random = {.key = 1, .stream = 3}}, x) != y);
}

TEMPLATE_TEST_CASE("dropout at rate 0 is the identity", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, -2}, {0, 4}});
  check_close(s.forward(dropout{.rate = 0}, x), {1, -2, 0, 4});
}

TEST_CASE("dropout says which rates it takes") {
  CHECK_THROWS_WITH(dropout{.rate = 1}.shape(sized(2, 2)),
                    "dropout: rate: expected 0 to below 1, got 1.000000");
  CHECK_THROWS_WITH(dropout{.rate = -0.5}.shape(sized(2, 2)),
                    "dropout: rate: expected 0 to below 1, got -0.500000");
  CHECK_THROWS_WITH(dropout{.rate = NAN}.shape(sized(2, 2)),
                    "dropout: rate: expected 0 to below 1, got nan");
}

OPERATION_CHECK(dropout) {
  return check_operation([](auto& run) {
    run(dropout{.rate = 0.3, .random = {.key = 5, .stream = 6}},
        shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
