// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/softmax.hpp>

#include <cmath>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("log_probability keeps the logarithm of the sum beside a large maximum", "",
                   float, double) {
  const std::vector<TestType> x{10000, 10000, 9990};
  const kernels::log_probability<TestType> log(x.data(), 3);
  CHECK(static_cast<double>(log.of(x[0])) == Approx(-std::log(2 + std::exp(-10))));
  CHECK(static_cast<double>(log.of(x[2])) == Approx(-10 - std::log(2 + std::exp(-10))));
}

TEMPLATE_TEST_CASE("the largest of nothing is minus infinity", "", float, double) {
  const std::vector<TestType> x{-3, -1, -2};
  CHECK(kernels::largest(x.data(), 3) == -1);
  CHECK(kernels::largest(x.data(), 0) == -static_cast<TestType>(INFINITY));
}

TEST_CASE("softmax_row touches one row only") {
  const std::vector<double> x{1, 2, 3, 3};
  std::vector<double> y(4, 7.0);
  kernels::softmax_row<double>{{x.data(), 2, 2}, {y.data(), 2, 2}}(1);
  CHECK(y == std::vector<double>{7, 7, 0.5, 0.5});
}

}  // namespace filigree
