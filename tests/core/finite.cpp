// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/finite.hpp>

#include <limits>

namespace fg = filigree;

TEMPLATE_TEST_CASE("finiteness is read from the bits", "", float, double) {
  using T = TestType;
  using limits = std::numeric_limits<T>;
  for (const T x : {T(0), -T(0), T(1), limits::max(), limits::lowest(), limits::denorm_min()}) {
    CHECK(fg::is_finite(x));
    CHECK_FALSE(fg::is_nan(x));
  }
  for (const T x : {limits::infinity(), -limits::infinity()}) {
    CHECK_FALSE(fg::is_finite(x));
    CHECK_FALSE(fg::is_nan(x));
  }
  for (const T x : {limits::quiet_NaN(), -limits::quiet_NaN(), limits::signaling_NaN()}) {
    CHECK_FALSE(fg::is_finite(x));
    CHECK(fg::is_nan(x));
  }
}

TEMPLATE_TEST_CASE("NaN exceeds everything", "", float, double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  CHECK(fg::exceeds(T(2), T(1)));
  CHECK_FALSE(fg::exceeds(T(1), T(1)));
  CHECK_FALSE(fg::exceeds(T(0), T(1)));
  CHECK_FALSE(fg::exceeds(-inf, -inf));
  CHECK(fg::exceeds(nan, inf));
}
