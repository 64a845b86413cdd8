// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/subtract_mean.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("subtract_mean leaves the deviations from the mean", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 6}});
  check_close(s.forward(subtract_mean{}, x), {-2, -1, 0, 3});
  check_close(s.backward(subtract_mean{}, s.drawn({{4, 0}, {0, 0}}), x)[0], {3, -1, -1, -1});
}

OPERATION_CHECK(subtract_mean) {
  return check_operation([](auto& run) {
    run(subtract_mean{}, shape{run.choose(3, 500), run.choose(2, 7)});
    run(subtract_mean{}, shape{0, 1});
  });
}

}  // namespace filigree
