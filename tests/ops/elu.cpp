// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/elu.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("elu bends below 0 towards -alpha", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{2, -1}, {0, -50}});
  check_close(s.forward(elu{}, x), {2, std::exp(-1) - 1, 0, -1});
  check_close(s.forward(elu{.alpha = 2}, x), {2, 2 * (std::exp(-1) - 1), 0, -2});
  check_close(s.backward(elu{.alpha = 2}, s.drawn({{1, 1}, {3, 1}}), x)[0],
              {1, 2 * std::exp(-1), 3, 0});
}

OPERATION_CHECK(elu) {
  return check_operation([](auto& run) {
    run(elu{.alpha = 1.5}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
