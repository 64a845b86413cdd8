// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/layer_norm.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("layer_norm normalizes each row by its mean and variance", "", EVERYWHERE) {
  const setting<TestType> s;
  const double root3 = std::sqrt(3);
  const auto x = s.drawn({{1, 3}, {10, 10}}), gain = s.drawn({{2, 4}}), shift = s.drawn({{10, 20}});
  const layer_norm op{3};  // row 0: mean 2, 1 / sqrt(1 + 3); row 1: mean 10, 1 / sqrt(0 + 3)
  check_close(s.forward(op, x, gain, shift), {9, 22, 10, 20});
  const auto d = s.backward(op, s.drawn({{1, 0}, {5, 5}}), x, gain, shift);
  check_close(d[0], {0.375, -0.375, -5 / root3, 5 / root3});
  check_close(d[1], {-0.5, 0});
  check_close(d[2], {6, 5});
}

TEMPLATE_TEST_CASE("layer_norm loses nothing to a large mean", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1e6, 1e6 + 2}}), gain = s.drawn({{1, 1}}), shift = s.drawn({{0, 0}});
  check_close(s.forward(layer_norm{0}, x, gain, shift), {-1, 1});
}

TEST_CASE("layer_norm says what does not fit") {
  CHECK_THROWS_WITH(layer_norm{-1}.shape(sized(3, 2), sized(1, 2), sized(1, 2)),
                    "layer_norm: epsilon: expected at least 0, got -1");
  CHECK_THROWS_WITH(layer_norm{}.shape(sized(3, 2), sized(3, 2), sized(1, 2)),
                    "layer_norm: rows of gain: expected 1, got 3");
  CHECK_THROWS_WITH(layer_norm{}.shape(sized(3, 2), sized(1, 3), sized(1, 2)),
                    "layer_norm: columns of gain: expected 2, got 3");
  CHECK_THROWS_WITH(layer_norm{}.shape(sized(3, 2), sized(1, 2), sized(2, 2)),
                    "layer_norm: rows of shift: expected 1, got 2");
  CHECK_THROWS_WITH(layer_norm{}.shape(sized(3, 2), sized(1, 2), sized(1, 1)),
                    "layer_norm: columns of shift: expected 2, got 1");
}

OPERATION_CHECK(layer_norm) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(5, 70)}, row{1, s.cols};
    run(layer_norm{}, s, row, row);
    run(layer_norm{}, shape{0, s.cols}, row, row);
  });
}

}  // namespace filigree
