// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/sigmoid.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("sigmoid maps scores to (0, 1)", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{0, std::log(3)}});
  check_close(s.forward(sigmoid{}, x), {.5, .75});
  check_close(s.backward(sigmoid{}, s.drawn({{4, 16}}), x)[0], {1, 3});
}

TEMPLATE_TEST_CASE("sigmoid keeps its precision for large scores and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto y = s.forward(sigmoid{}, s.drawn({{1000, -1000, -80, NAN}}));
  CHECK(y[0] == 1);
  CHECK(y[1] == 0);
  CHECK(static_cast<double>(y[2]) == Approx(std::exp(-80.0)).epsilon(1e-5));
  CHECK(std::isnan(y[3]));
}

OPERATION_CHECK(sigmoid) {
  return check_operation([](auto& run) {
    run(sigmoid{}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
