// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/nonlinearity.hpp>

#include <cmath>

namespace filigree {

TEMPLATE_TEST_CASE("sigmoid_of mirrors around zero and never overflows", "", float, double) {
  using T = TestType;
  CHECK(kernels::sigmoid_of(T(0)) == T(0.5));
  for (const T x : {T(0.1), T(1), T(5), T(30), T(80)}) {
    const double small =
        std::exp(-static_cast<double>(x)) / (1 + std::exp(-static_cast<double>(x)));
    CHECK(static_cast<double>(kernels::sigmoid_of(-x)) == Approx(small).epsilon(1e-5));
    CHECK(kernels::sigmoid_of(x) + kernels::sigmoid_of(-x) == Approx(1));
  }
  CHECK(kernels::sigmoid_of(T(INFINITY)) == 1);
  CHECK(kernels::sigmoid_of(T(-INFINITY)) == 0);
  CHECK(std::isnan(kernels::sigmoid_of(T(NAN))));
}

}  // namespace filigree
