// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/elu.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("elu bends what is below 0 toward -alpha", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{-std::log(2), 0, 3, -1000}});
  check_close(s.forward(elu{}, x), {-0.5, 0, 3, -1});
  check_close(s.forward(elu{4}, x), {-2, 0, 3, -4});
  check_close(s.backward(elu{4}, s.drawn({{10, 10, 10, 10}}), x)[0], {20, 40, 10, 0});
  CHECK(std::isnan(s.forward(elu{}, s.drawn({{NAN}}))[0]));
}

OPERATION_CHECK(elu) {
  return check_operation([](auto& run) {
    run(elu{}, shape{run.choose(3, 200), run.choose(2, 33)});
    run(elu{0.3}, shape{run.choose(3, 200), run.choose(2, 33)});
  });
}

}  // namespace filigree
