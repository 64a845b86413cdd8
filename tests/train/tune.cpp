// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "tasks/random_interactions.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/train/tune.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace filigree {

namespace {
struct place {
  float x = 0, y = 0;
};
std::vector<tunable<place>> axes() {
  return {{&place::x, {0, 1, 2, 3, 4, 5}}, {&place::y, {-2, -1, 0, 1, 2}}};
}
}  // namespace

TEST_CASE("ascending finds the top of a hill, trying each place once") {
  int asked = 0;
  const auto hill = [&](const place& p) {
    ++asked;
    const float x = p.x - 3, y = p.y - 1;
    return -(x * x + 2 * y * y + x * y);
  };
  const auto top = detail::ascend(place{}, axes(), hill);
  CHECK(top.options.x == 3);
  CHECK(top.options.y == 1);
  CHECK(top.value == 0);
  CHECK(top.models == asked);
  CHECK(asked < 30);
  const auto between = detail::ascend(place{.x = 3.25f, .y = 1}, axes(), hill);
  CHECK(between.options.x == 3);
}

TEST_CASE("ascending follows a ridge on which no single step is better") {
  const auto ridge = [](const place& p) { return p.x - 10 * std::abs(p.x + p.y - 2); };
  const auto top = detail::ascend(place{.x = 0, .y = 2}, axes(), ridge);
  CHECK(top.options.x == 4);
  CHECK(top.options.y == -2);
}

TEST_CASE("where all are worth the same, the start stays") {
  const auto flat =
      detail::ascend(place{.x = 2.5f, .y = 1}, axes(), [](const place&) { return 1.; });
  CHECK(flat.options.x == 2.5f);
  CHECK(flat.options.y == 1);
  CHECK(flat.models == 9);
}

TEST_CASE("the options of a closed form are those that rank a held-out share best") {
  const auto all = random_interactions(60, 40);
  const split_data parts = split(all, leave_out{.share = 0.2f, .seed = 3});
  const auto found = tune<ease<cpu>>(parts.train, parts.held_out, ndcg_at{5});
  const auto of = [&](float lambda) {
    return evaluate(ease<cpu>(parts.train, {.lambda = lambda}), parts.held_out,
                    ndcg_at{5})["ndcg@5"];
  };
  CHECK(found.value == of(found.options.lambda));
  CHECK(found.value >= of(20));
  const auto values = tunables_of(ease_options{}).front().values;
  const auto at = std::ranges::find(values, found.options.lambda);
  if (at != values.begin()) CHECK(found.value >= of(*(at - 1)));
  if (at + 1 != values.end()) CHECK(found.value >= of(*(at + 1)));
  const auto again = tune<ease<cpu>>(all, leave_out{.share = 0.2f, .seed = 3}, ndcg_at{5});
  CHECK(again.options.lambda == found.options.lambda);
  CHECK(again.value == found.value);
}

TEST_CASE("item-kNN is tuned by three exponents, and what is not tuned stays") {
  const auto all = random_interactions(60, 40);
  const item_knn_options start{.neighbors = 7, .user_exponent = 0.5f};
  const auto found = tune<item_knn<cpu>>(all, leave_out{.share = 0.2f}, recall_at{5}, start);
  CHECK(found.options.neighbors == 7);
  CHECK(found.models >= 7);
  const auto [rest, held_out] = split(all, leave_out{.share = 0.2f});
  const auto first = evaluate(item_knn<cpu>(rest, start), held_out, recall_at{5})["recall@5"];
  CHECK(found.value >= first);
}

TEST_CASE("a start out of range is named") {
  const auto all = random_interactions(20, 10);
  CHECK_THROWS_WITH(tune<ease<cpu>>(all, leave_out{}, ndcg_at{3}, {.lambda = -1}),
                    "ease: lambda: expected above 0, got -1");
}

}  // namespace filigree
