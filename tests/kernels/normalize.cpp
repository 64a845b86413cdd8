// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/normalize.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("length neither overflows nor underflows", "", float, double) {
  const auto of = [](std::vector<TestType> x) {
    return kernels::length(x.data(), static_cast<offset>(x.size()));
  };
  const TestType huge = std::numeric_limits<TestType>::max() / 8,
                 tiny = std::numeric_limits<TestType>::min() * 8;
  CHECK(of({3, -4}) == Approx(5));
  CHECK(of({3 * huge, 4 * huge}) / huge == Approx(5));
  CHECK(of({3 * tiny, 4 * tiny}) / tiny == Approx(5));
  CHECK(of({0, 0}) == 0);
  CHECK(of({}) == 0);
  CHECK(std::isnan(of({0, static_cast<TestType>(NAN)})));
}

}  // namespace filigree
