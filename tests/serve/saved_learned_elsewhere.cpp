// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "saved_edges.hpp"

TEST_CASE("a model saved on one backend with edges that learned serves on another") {
  each_learned(check_saved_elsewhere);
}
