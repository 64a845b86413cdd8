// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "loaded_again.hpp"
#include "save_setting.hpp"

namespace fg = filigree;

TEST_CASE("the baselines are saved with their names") {
  again(fg::popularity<fg::cpu>(named()), "popularity");
  const auto knn = again(fg::item_knn<fg::cpu>(named(), {.neighbors = 4,
                                                         .shrink = 2,
                                                         .user_exponent = 0.5f,
                                                         .source_exponent = 0.7f,
                                                         .target_exponent = 0.2f}),
                         "item-knn");
  CHECK(knn.options().neighbors == 4);
  CHECK(knn.options().target_exponent == 0.2f);
  const auto ease = again(fg::ease<fg::cpu>(named(), {.lambda = 7}), "ease");
  CHECK(ease.options().lambda == 7);
}
