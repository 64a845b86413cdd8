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

TEMPLATE_TEST_CASE("dropout: the eighths that share random blocks are drawn apart", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const offset eighth = 2000;
  const std::vector<T> ones(8 * eighth + 5, T(1));
  const auto y = s.forward(dropout{.rate = 0.5, .random = {.key = 3}},
                           matrix(s.on, std::span(ones), {8 * eighth + 5, 1}));
  for (int a = 0; a < 8; ++a)
    for (int b = 0; b < a; ++b) {
      offset alike = 0;
      for (offset j = 0; j < eighth; ++j)
        alike += y[static_cast<std::size_t>(a * eighth + j)] ==
                 y[static_cast<std::size_t>(b * eighth + j)];
      CHECK(alike > 890);
      CHECK(alike < 1110);
    }
}

TEMPLATE_TEST_CASE("dropout rounds its rate to 2^-16 and keeps the mean of that", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const std::vector<T> ones(4000, T(1));
  const auto y = s.forward(dropout{.rate = 0.1}, matrix(s.on, std::span(ones), {4000, 1}));
  const auto kept = static_cast<T>(65536.0 / (65536 - 6554));
  CHECK(std::ranges::all_of(y, [&](T v) { return v == 0 || v == kept; }));
  CHECK(std::ranges::count(y, kept) > 3500);
}

TEMPLATE_TEST_CASE("dropout at rate 0 is the identity", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, -2}, {0, 4}});
  check_close(s.forward(dropout{.rate = 0}, x), {1, -2, 0, 4});
}

TEST_CASE("dropout says which rates it takes") {
  CHECK_THROWS_WITH(dropout{.rate = 1}.shape(sized(2, 2)),
                    "dropout: rate: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH(dropout{.rate = -0.5}.shape(sized(2, 2)),
                    "dropout: rate: expected 0 to below 1, got -0.5");
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
