// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/moving_average.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("a moving average starts from the first value and then mixes", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto x = s.drawn({{1}, {2}}), m = s.drawn({{5}, {-2}});
  matrix<T, B> next;
  check_close(s.forward(moving_average<T, B>{0.75, nullptr, &next}, x), {1, 2});
  check_close(next.to_host(s.on), {1, 2});
  const moving_average<T, B> op{0.75, &m, &next};
  check_close(s.forward(op, x), {4, -1});
  check_close(next.to_host(s.on), {4, -1});
  check_close(s.backward(op, s.drawn({{1}, {8}}), x)[0], {0.25, 2});
}

TEST_CASE("moving_average says what does not fit") {
  const reference on;
  const matrix<float, reference> m(on, {2, 1});
  matrix<float, reference> next;
  CHECK_THROWS_WITH((moving_average<float, reference>{1, &m, &next}.shape(sized(2, 1))),
                    "moving_average: b: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH((moving_average<float, reference>{0.5, &m, &next}.shape(sized(3, 1))),
                    "moving_average: rows of x: expected 2, got 3");
}

OPERATION_CHECK(moving_average) {
  return check_operation([](auto& run) {
    const shape s{run.choose(5, 3000), 1};
    auto next = run.random(s, 7);
    const auto m = run.random(s, 8);
    run(moving_average{0.9, &m, &next}, s);
  });
}

}  // namespace filigree
