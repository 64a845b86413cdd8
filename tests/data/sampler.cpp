// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/data/sampler.hpp>
#include <filigree/tensor/fetch.hpp>

#include <algorithm>
#include <map>

namespace fg = filigree;

namespace {
// Items 0 to 5: user 0 has 1 4, user 1 has 0 1 2 3 4, user 2 has nothing, user 3 has 5.
const fg::interactions four_users({{0, 1}, {0, 4}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {3, 5}});

struct triple {
  fg::index user, positive, negative;
  auto operator<=>(const triple&) const = default;
};
/// All triples of an epoch, items as item ids.
template <class B>
std::vector<triple> epoch_of(fg::triple_sampler<B>& s, fg::offset epoch, fg::offset batch,
                             std::uint64_t seed = 1) {
  const B on;
  std::vector<triple> out;
  for (fg::offset step = 0; step < s.steps(batch); ++step) {
    const auto d = s.draw(seed, epoch, step, batch);
    const auto list = fg::detail::fetch_all(on, d.list);
    const auto* const at = list.data();
    for (fg::offset b = 0; b < d.count; ++b)
      for (fg::offset n = 0; n < d.negatives; ++n)
        out.push_back({at[b], at[d.count + b] - four_users.users(),
                       at[2 * d.count + b * d.negatives + n] - four_users.users()});
  }
  return out;
}
bool owns(fg::index u, fg::index i) {
  return std::ranges::binary_search(four_users.items_of(u), i);
}
}  // namespace

TEMPLATE_TEST_CASE("each interaction comes once an epoch, in an order of its own", "", BACKENDS) {
  fg::triple_sampler<TestType> s({}, four_users, {});
  CHECK(s.steps(3) == 3);
  std::vector<std::pair<fg::index, fg::index>> seen;
  for (const auto& t : epoch_of(s, 0, 3)) {
    seen.emplace_back(t.user, t.positive);
    CHECK(owns(t.user, t.positive));
    CHECK_FALSE(owns(t.user, t.negative));
  }
  std::ranges::sort(seen);
  REQUIRE(seen.size() == 8);
  CHECK(std::ranges::adjacent_find(seen) == seen.end());
  CHECK(epoch_of(s, 0, 3) != epoch_of(s, 1, 3));
  CHECK(epoch_of(s, 1, 3) == epoch_of(s, 1, 3));
  CHECK(epoch_of(s, 1, 3) != epoch_of(s, 1, 3, 2));
}

TEST_CASE("every backend and number of threads draws the same") {
  for (const auto negative : {fg::negatives::uniform, fg::negatives::popularity})
    for (const auto positive : {fg::positives::per_interaction, fg::positives::per_user}) {
      const fg::bpr_sampling how{positive, negative, 3};
      fg::triple_sampler<fg::reference> plain({}, four_users, how);
      fg::triple_sampler<fg::cpu> one({1}, four_users, how), two({2}, four_users, how);
      const auto expected = epoch_of(plain, 4, 5);
      CHECK(epoch_of(one, 4, 5) == expected);
      CHECK(epoch_of(two, 4, 5) == expected);
    }
}

TEST_CASE("uniform negatives are uniform over what the user does not have") {
  fg::triple_sampler<fg::cpu> s({}, four_users, {.count = 50});
  std::map<fg::index, int> of_user_0, of_user_1;
  for (fg::offset e = 0; e < 40; ++e)
    for (const auto& t : epoch_of(s, e, 8)) {
      if (t.user == 0) ++of_user_0[t.negative];
      if (t.user == 1) ++of_user_1[t.negative];
    }
  REQUIRE(of_user_0.size() == 4);  // 0 2 3 5, 4000 draws: 1000 each, deviation 27
  for (const auto& [item, count] : of_user_0) CHECK(count == Approx(1000).margin(150));
  CHECK(of_user_1.size() == 1);  // only 5 is left
}

TEST_CASE("negatives by popularity come in proportion to it") {
  fg::triple_sampler<fg::cpu> s({}, four_users,
                                {.negative = fg::negatives::popularity, .count = 50});
  std::map<fg::index, int> of_user_3;  // has 5; popularity of 0 ... 4 is 1 2 1 1 2
  for (fg::offset e = 0; e < 140; ++e)
    for (const auto& t : epoch_of(s, e, 8)) {
      CHECK_FALSE(owns(t.user, t.negative));
      if (t.user == 3) ++of_user_3[t.negative];
    }
  REQUIRE(of_user_3.size() == 5);
  for (const auto& [item, count] : of_user_3)
    CHECK(count ==
          Approx(1000 * four_users.popularity()[static_cast<std::size_t>(item)]).margin(200));
}

TEST_CASE("positives by user draw users alike, however many items they have") {
  fg::triple_sampler<fg::cpu> s({}, four_users, {.positive = fg::positives::per_user});
  std::map<fg::index, int> users;
  for (fg::offset e = 0; e < 375; ++e)
    for (const auto& t : epoch_of(s, e, 8)) {
      CHECK(owns(t.user, t.positive));
      ++users[t.user];
    }
  REQUIRE(users.size() == 3);  // never user 2, who has nothing
  for (const auto& [user, count] : users) CHECK(count == Approx(1000).margin(150));
}

TEST_CASE("sampling names what it cannot draw") {
  const auto sampler = [](const fg::interactions& d, fg::bpr_sampling how = {}) {
    return fg::triple_sampler<fg::cpu>({}, d, how);
  };
  fg::interactions greedy({{0, 0}, {1, 0}, {1, 1}});
  greedy.user_names = {"ada", "bob"};
  CHECK_THROWS_WITH(sampler(greedy),
                    "sampling: bob: expected an item left to draw as a negative, got a user that "
                    "owns all 2");
  CHECK_THROWS_WITH(sampler(fg::interactions({}, 2, 2)),
                    "sampling: interactions: expected at least 1, got 0");
  CHECK_THROWS_WITH(sampler(four_users, {.count = 0}),
                    "sampling: negatives: expected at least 1, got 0");
  auto good = sampler(four_users);
  const auto steps = good.steps(2);
  CHECK_THROWS_WITH(good.draw(1, 0, steps, 2), "sampling: step: expected 0 to " +
                                                   std::to_string(steps - 1) + ", got " +
                                                   std::to_string(steps));
  CHECK_THROWS_WITH(good.draw(1, 0, 0, 0), "sampling: batch: expected at least 1, got 0");
}
