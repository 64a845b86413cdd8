// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_options.hpp"

TEMPLATE_TEST_CASE("a trained LightGCN of doubles is saved with its names and options", "",
                   BACKENDS) {
  check_saved_options<TestType, double>();
}
