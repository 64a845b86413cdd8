// SPDX-License-Identifier: Apache-2.0
#define CATCH_CONFIG_MAIN  // read by Catch2 2.x; 3.x brings its own main
#include "catch.hpp"
