// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "saved_edges.hpp"

TEST_CASE("a model saved on one backend serves on another") { each_fixed(check_saved_elsewhere); }
