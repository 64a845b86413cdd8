// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/leaky_relu.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("leaky_relu lets a share of what is below 0 pass", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{-2, 0, 3}});
  check_close(s.forward(leaky_relu{0.1}, x), {-0.2, 0, 3});
  check_close(s.backward(leaky_relu{0.1}, s.drawn({{10, 10, 10}}), x)[0], {1, 10, 10});
  CHECK(std::isnan(s.forward(leaky_relu{}, s.drawn({{NAN}}))[0]));
}

OPERATION_CHECK(leaky_relu) {
  return check_operation([](auto& run) {
    run(leaky_relu{0.3}, shape{run.choose(3, 200), run.choose(2, 33)});
  });
}

}  // namespace filigree
