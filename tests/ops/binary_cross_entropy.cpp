// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/binary_cross_entropy.hpp>
#include <filigree/ops/mean_squared.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("binary_cross_entropy is the mean over all labels", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{0, std::log(3)}}), t = s.drawn({{1, 0}});
  check_close(s.forward(binary_cross_entropy{t}, x), {(std::log(2) + std::log(4)) / 2});
  check_close(s.backward(binary_cross_entropy{t}, s.drawn({{2}}), x)[0], {-.5, .75});
}

TEMPLATE_TEST_CASE("binary_cross_entropy survives large scores", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{5000, -5000}});
  CHECK(s.forward(binary_cross_entropy{s.drawn({{1, 0}})}, x)[0] == 0);
  CHECK(s.forward(binary_cross_entropy{s.drawn({{0, 1}})}, x)[0] == 5000);
}

TEMPLATE_TEST_CASE("mean_squared is the mean of squared differences", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 5}}), t = s.drawn({{2, 2}});
  check_close(s.forward(mean_squared{t}, x), {5});
  check_close(s.backward(mean_squared{t}, s.drawn({{1}}), x)[0], {-1, 3});
}

TEST_CASE("losses say which sizes they expect") {
  const matrix<float, reference> t(reference{}, {2, 3});
  CHECK_THROWS_WITH((binary_cross_entropy{t}.shape(sized(3, 3))),
                    "binary_cross_entropy: rows of x: expected 2, got 3");
  CHECK_THROWS_WITH((mean_squared{t}.shape(sized(2, 2))),
                    "mean_squared: columns of x: expected 3, got 2");
}

OPERATION_CHECK(binary_cross_entropy) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    const auto t = run.random(s, 9);
    run(binary_cross_entropy{t}, s);
  });
}
OPERATION_CHECK(mean_squared) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    const auto t = run.random(s, 9);
    run(mean_squared{t}, s);
  });
}

}  // namespace filigree
