// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/scale.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("scale multiplies by a constant", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, -2}, {0, 4}});
  check_close(s.forward(scale{-0.5}, x), {-0.5, 1, 0, -2});
  check_close(s.backward(scale{-0.5}, s.drawn({{2, 4}, {6, 8}}), x)[0], {-1, -2, -3, -4});
}

OPERATION_CHECK(scale) {
  return check_operation([](auto& run) {
    run(scale{1.7}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
