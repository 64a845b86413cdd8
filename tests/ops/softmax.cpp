// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/softmax.hpp>

#include <cmath>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("softmax makes each row sum to one", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{0, std::log(3)}, {2, 2}});
  check_close(s.forward(softmax{}, x), {.25, .75, .5, .5});
  check_close(s.backward(softmax{}, s.drawn({{1, 0}, {3, 3}}), x)[0], {.1875, -.1875, 0, 0});
}

TEMPLATE_TEST_CASE("softmax survives large scores and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto y = s.forward(
      softmax{}, s.drawn({{5000, 5000}, {-5000, 5000}, {-INFINITY, 0}, {NAN, 0}, {0, NAN}}));
  check_close(std::vector(y.begin(), y.begin() + 6), {.5, .5, 0, 1, 0, 1});
  for (std::size_t i = 6; i < 10; ++i) CHECK(std::isnan(y[i]));
}

OPERATION_CHECK(softmax) {
  return check_operation([](auto& run) {
    run(softmax{}, shape{run.choose(4, 300), run.choose(3, 70)});
    run(softmax{}, shape{3, 1});
  });
}

}  // namespace filigree
