// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "saved_edges.hpp"

TEST_CASE("a model saved on one backend with edges that adapted serves on another") {
  each_adaptive(check_saved_elsewhere);
}
