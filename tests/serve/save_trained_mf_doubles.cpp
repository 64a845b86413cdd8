// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_options.hpp"

TEMPLATE_TEST_CASE("a trained matrix factorization of doubles is saved with its options", "",
                   BACKENDS) {
  check_saved_mf<TestType, double>();
}
