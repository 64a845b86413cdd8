// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_edges.hpp"

namespace fg = filigree;

TEMPLATE_TEST_CASE("a LightGCN is saved with edges that learned, and those that are left", "",
                   BACKENDS) {
  each_learned([](const auto& edges) { check_saved_edges<TestType>(edges); });
}
