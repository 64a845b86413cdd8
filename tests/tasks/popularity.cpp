// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_interactions.hpp"
#include <filigree/tasks/popularity.hpp>
#include <filigree/train/rank.hpp>

namespace fg = filigree;

static_assert(fg::recommender<fg::popularity<fg::cpu>>);

TEMPLATE_TEST_CASE("popularity scores how many users have an item, for everybody alike", "",
                   EVERYWHERE) {
  using B = typename TestType::backend;
  const fg::popularity<B, typename TestType::scalar> m(
      fg::interactions({{0, 1}, {1, 1}, {1, 3}, {2, 1}, {2, 3}, {2, 0}}, 3, 5));
  CHECK(scores(m) == std::vector<double>{1, 3, 0, 2, 0, 1, 3, 0, 2, 0, 1, 3, 0, 2, 0});
  CHECK(scores(m, 1, 2) == std::vector<double>{3, 0, 3, 0, 3, 0});
  const auto best = fg::recommend(m, fg::user{0}, 3);
  REQUIRE(best.size() == 3);  // 1 is taken; 2 and 4 are equal
  CHECK(best[0].id == fg::item{3});
  CHECK(best[1].id == fg::item{0});
  CHECK(best[2].id == fg::item{2});
}
