// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/mean_squared.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("mean_squared is the mean of the squared distances from a target", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto x = s.drawn({{1, 2}, {3, 4}}), t = s.drawn({{0, 2}, {5, 4}});
  check_close(s.forward(mean_squared{t}, x), {1.25});
  check_close(s.backward(mean_squared{t}, s.drawn({{2}}), x)[0], {1, 0, -2, 0});
  const matrix<T, B> none(s.on, {0, 2});
  check_close(s.forward(mean_squared{none}, none), {0});
}

TEST_CASE("mean_squared says what does not fit") {
  const matrix<float, reference> t(reference{}, {3, 2});
  CHECK_THROWS_WITH(mean_squared{t}.shape(sized(2, 2)),
                    "mean_squared: rows of x: expected 3, got 2");
  CHECK_THROWS_WITH(mean_squared{t}.shape(sized(3, 1)),
                    "mean_squared: columns of x: expected 2, got 1");
}

OPERATION_CHECK(mean_squared) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    const auto t = run.random(s, 7);
    run(mean_squared{t}, s);
  });
}

}  // namespace filigree
