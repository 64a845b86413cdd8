// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/relu.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("relu keeps what is above zero", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{-1, 0, 2}});
  check_close(s.forward(relu{}, x), {0, 0, 2});
  check_close(s.backward(relu{}, s.drawn({{3, 4, 5}}), x)[0], {0, 0, 5});
}

TEMPLATE_TEST_CASE("relu does not hide NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  CHECK(std::isnan(s.forward(relu{}, s.drawn({{NAN}}))[0]));
}

OPERATION_CHECK(relu) {
  return check_operation([](auto& run) {
    run(relu{}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
