// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "saved_edges.hpp"

namespace fg = filigree;

TEMPLATE_TEST_CASE("a LightGCN is saved with its edges, and those that are left", "", BACKENDS) {
  each_fixed([](const auto& edges) { check_saved_edges<TestType>(edges); });
}
