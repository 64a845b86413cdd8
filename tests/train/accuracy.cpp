// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/train/accuracy.hpp>

#include <vector>

namespace fg = filigree;

using ids = std::vector<fg::index>;

TEST_CASE("accuracy is the share of predictions that are right") {
  CHECK(fg::accuracy::of(ids{0, 1, 2, 2}, ids{0, 1, 1, 2}, 3) == 0.75);
  CHECK(fg::accuracy::of({}, {}, 3) == 0);
}

// Class 0: 2 hits of 2 and 3. Class 1: no hit. Class 2 neither occurs nor is predicted.
TEST_CASE("macro F1 is the mean over the classes that are there") {
  CHECK(fg::macro_f1::of(ids{0, 0, 1}, ids{0, 0, 0}, 3) == Approx((2 * 2.0 / 5 + 0) / 2));
  CHECK(fg::macro_f1::of(ids{0, 1}, ids{0, 1}, 2) == 1);
  CHECK(fg::macro_f1::of({}, {}, 3) == 0);
}
