// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/normalize_rows.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("normalize_rows makes rows of length one, and leaves zeros", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{3, 4}, {0, 0}});
  check_close(s.forward(normalize_rows{}, x), {.6, .8, 0, 0});
  check_close(s.backward(normalize_rows{}, s.drawn({{1, 0}, {1, 1}}), x)[0], {.128, -.096, 0, 0});
}

TEMPLATE_TEST_CASE("normalize_rows neither overflows nor hides NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const double huge = std::numeric_limits<T>::max() / 1.5,
               tiny = static_cast<double>(std::numeric_limits<T>::min()) * 8;
  const auto y =
      s.forward(normalize_rows{}, s.drawn({{huge, huge}, {tiny, 0}, {NAN, 0}, {INFINITY, 1}}));
  const double half = std::sqrt(0.5);
  check_close(std::vector(y.begin(), y.begin() + 4), {half, half, 1, 0});
  for (std::size_t i = 4; i < 7; ++i) CHECK(std::isnan(y[i]));
}

OPERATION_CHECK(normalize_rows) {
  return check_operation([](auto& run) {
    run(normalize_rows{}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
