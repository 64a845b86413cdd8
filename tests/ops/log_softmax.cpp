// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/log_softmax.hpp>

#include <cmath>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("log_softmax is the logarithm of softmax", "", EVERYWHERE) {
  const setting<TestType> s;
  const double ln3 = std::log(3), ln4 = std::log(4);
  const auto x = s.drawn({{0, ln3}});
  check_close(s.forward(log_softmax{}, x), {-ln4, ln3 - ln4});
  check_close(s.backward(log_softmax{}, s.drawn({{1, 0}}), x)[0], {.75, -.75});
}

TEMPLATE_TEST_CASE("log_softmax keeps small probabilities and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto y = s.forward(log_softmax{}, s.drawn({{-5000, 0}, {5000, 5000}, {NAN, 0}}));
  check_close(std::vector(y.begin(), y.begin() + 4), {-5000, 0, -std::log(2), -std::log(2)});
  CHECK(std::isnan(y[4]));
  CHECK(std::isnan(y[5]));
}

OPERATION_CHECK(log_softmax) {
  return check_operation([](auto& run) {
    run(log_softmax{}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
