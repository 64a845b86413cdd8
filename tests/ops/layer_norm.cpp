// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/layer_norm.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("layer_norm gives each row the mean 0 and the deviation 1", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 3}, {-5, 5}}), one = s.drawn({{1, 1}}), none = s.drawn({{0, 0}});
  check_close(s.forward(layer_norm{.epsilon = 0}, x, one, none), {-1, 1, -1, 1});
  check_close(s.forward(layer_norm{.epsilon = 0}, x, s.drawn({{2, 3}}), s.drawn({{10, 20}})),
              {8, 23, 8, 23});
  check_close(s.forward(layer_norm{.epsilon = 3}, x, one, none),
              {-.5, .5, -5 / std::sqrt(28), 5 / std::sqrt(28)});
}

TEMPLATE_TEST_CASE("layer_norm of a row of equal elements is the shift", "", EVERYWHERE) {
  const setting<TestType> s;
  check_close(
      s.forward(layer_norm{}, s.drawn({{7, 7, 7}}), s.drawn({{1, 1, 1}}), s.drawn({{1, 2, 3}})),
      {1, 2, 3});
}

TEST_CASE("layer_norm says which sizes it expects") {
  const auto x = sized(3, 2), row = sized(1, 2);
  CHECK_THROWS_WITH(layer_norm{}.shape(x, sized(2, 2), row),
                    "layer_norm: rows of gain: expected 1, got 2");
  CHECK_THROWS_WITH(layer_norm{}.shape(x, row, sized(1, 3)),
                    "layer_norm: columns of shift: expected 2, got 3");
}

OPERATION_CHECK(layer_norm) {
  return check_operation([](auto& run) {
    const offset columns = run.choose(4, 70);
    const shape row{1, columns};
    run(layer_norm{}, shape{run.choose(3, 300), columns}, row, row);
  });
}

}  // namespace filigree
