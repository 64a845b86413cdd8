// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/binary_cross_entropy.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("binary_cross_entropy is the mean over all labels of all rows", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto x = s.drawn({{0, std::log(3)}}), t = s.drawn({{1, 0}});
  check_close(s.forward(binary_cross_entropy{t}, x), {(std::log(2) + std::log(4)) / 2});
  check_close(s.backward(binary_cross_entropy{t}, s.drawn({{4}}), x)[0], {-1, 1.5});
  const matrix<T, B> none(s.on, {0, 2});
  check_close(s.forward(binary_cross_entropy{none}, none), {0});
}

TEMPLATE_TEST_CASE("binary_cross_entropy survives large scores and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto right = s.drawn({{1, 0}}), wrong = s.drawn({{0, 1}}), x = s.drawn({{5000, -5000}});
  CHECK(s.forward(binary_cross_entropy{right}, x)[0] == 0);
  CHECK(s.forward(binary_cross_entropy{wrong}, x)[0] == 5000);
  check_close(s.backward(binary_cross_entropy{wrong}, s.drawn({{2}}), x)[0], {1, -1});
  CHECK(std::isnan(s.forward(binary_cross_entropy{right}, s.drawn({{NAN, 0}}))[0]));
  CHECK(std::isnan(s.forward(binary_cross_entropy{right}, s.drawn({{0, NAN}}))[0]));
}

TEST_CASE("binary_cross_entropy says what does not fit") {
  const matrix<float, reference> t(reference{}, {3, 2});
  CHECK_THROWS_WITH(binary_cross_entropy{t}.shape(sized(2, 2)),
                    "binary_cross_entropy: rows of x: expected 3, got 2");
  CHECK_THROWS_WITH(binary_cross_entropy{t}.shape(sized(3, 1)),
                    "binary_cross_entropy: columns of x: expected 2, got 1");
}

OPERATION_CHECK(binary_cross_entropy) {
  return check_operation([](auto& run) {
    const shape s{run.choose(4, 300), run.choose(3, 70)};
    auto t = run.random(s, 7);
    auto host = t.to_host(run.on());
    for (auto& share : host) share = share > 0 ? 1 : 0;
    t.from_host(run.on(), host);
    run(binary_cross_entropy{t}, s);
  });
}

}  // namespace filigree
