// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/split.hpp>

#include <algorithm>

namespace fg = filigree;

namespace {
fg::interactions many() {
  std::vector<fg::interaction> pairs;
  for (fg::index u = 0; u < 100; ++u)
    for (fg::index i = 0; i <= u % 20; ++i) pairs.push_back({u, i, 1000 - u * 7 % 100 - i});
  fg::interactions data(pairs, 100, 30, true);
  data.user_names.assign(100, "somebody");
  return data;
}
/// Whether the parts have together what the whole has, each once.
bool divides(const fg::interactions& all, const fg::split_data& parts) {
  auto together = parts.train.pairs();
  const auto held_out = parts.held_out.pairs();
  together.insert(together.end(), held_out.begin(), held_out.end());
  const fg::interactions again(std::move(together), all.users(), all.items(), true);
  return std::ranges::equal(again.columns(), all.columns()) &&
         std::ranges::equal(again.row_begin(), all.row_begin()) &&
         std::ranges::equal(again.times(), all.times());
}
}  // namespace

TEST_CASE("leave_out holds out a share of each user's items and leaves at least one") {
  const auto all = many();
  const auto parts = fg::split(all, fg::leave_out{.share = 0.5f, .seed = 3});
  CHECK(divides(all, parts));
  for (fg::index u = 0; u < all.users(); ++u) {
    const auto n = static_cast<fg::index>(all.items_of(u).size());
    const auto held = static_cast<fg::index>(parts.held_out.items_of(u).size());
    CHECK(held == std::min(n - 1, (n + 1) / 2));
  }
  CHECK(parts.train.users() == 100);
  CHECK(parts.held_out.items() == 30);
  CHECK(parts.held_out.user_names == all.user_names);
}

TEST_CASE("splits are decided by the seed alone") {
  const auto all = many();
  const auto columns = [&](auto how) {
    const auto parts = fg::split(all, how);
    return std::vector<fg::index>(parts.held_out.columns().begin(), parts.held_out.columns().end());
  };
  CHECK(columns(fg::leave_out{.share = 0.2f, .seed = 1}) ==
        columns(fg::leave_out{.share = 0.2f, .seed = 1}));
  CHECK(columns(fg::leave_out{.share = 0.2f, .seed = 1}) !=
        columns(fg::leave_out{.share = 0.2f, .seed = 2}));
  CHECK(columns(fg::random_share{.share = 0.2f, .seed = 1}) !=
        columns(fg::random_share{.share = 0.2f, .seed = 2}));
}

TEST_CASE("random_share holds out about its share") {
  const auto all = many();
  const auto parts = fg::split(all, fg::random_share{.share = 0.3f});
  CHECK(divides(all, parts));
  CHECK(static_cast<double>(parts.held_out.size()) / static_cast<double>(all.size()) ==
        Approx(0.3).margin(0.05));
}

TEST_CASE("splits by time hold out what came last") {
  const fg::interactions all({{0, 0, 5}, {0, 1, 9}, {0, 2, 1}, {1, 0, 7}, {2, 1, 2}, {2, 2, 2}}, 0,
                             0, true);
  const auto last = fg::split(all, fg::leave_last{});
  CHECK(divides(all, last));
  const auto held = last.held_out.pairs();
  REQUIRE(held.size() == 2);  // user 1 keeps the only one
  CHECK((held[0].user == 0 && held[0].item == 1));
  CHECK((held[1].user == 2 && held[1].item == 2));  // equal times: the larger item
  const auto by = fg::split(all, fg::by_time{.share = 0.34f});
  CHECK(divides(all, by));
  REQUIRE(by.held_out.size() == 2);
  CHECK(by.held_out.times()[0] == 9);
  CHECK(by.held_out.times()[1] == 7);
}

TEST_CASE("splits name what they cannot do") {
  const fg::interactions timeless({{0, 0}});
  CHECK_THROWS_WITH(fg::split(timeless, fg::leave_last{}),
                    "split: times: expected one for each interaction, got none");
  CHECK_THROWS_WITH(fg::split(timeless, fg::leave_out{.share = 1}),
                    "split: share: expected between 0 and 1, got 1");
  CHECK_THROWS_WITH(fg::split(timeless, fg::random_share{.share = 0}),
                    "split: share: expected between 0 and 1, got 0");
}

TEST_CASE("a split by time leaves the first interaction in training") {
  const fg::interactions all({{0, 0, 5}, {0, 1, 9}, {1, 2, 1}}, 0, 0, true);
  const auto parts = fg::split(all, fg::by_time{.share = 0.9f});
  CHECK(divides(all, parts));
  REQUIRE(parts.train.size() == 1);
  CHECK(parts.train.times()[0] == 1);
  const fg::interactions one({{0, 0, 5}}, 0, 0, true);
  CHECK_THROWS_AS(fg::split(one, fg::by_time{.share = 0.9f}), fg::range_error);
  CHECK_THROWS_AS(fg::split(fg::interactions{}, fg::by_time{.share = 0.9f}), fg::range_error);
}

TEST_CASE("a split that holds out nothing says so, with the share and how much there is") {
  std::vector<fg::interaction> pairs;
  for (fg::index u = 0; u < 5; ++u)
    for (fg::index i = 0; i < 4; ++i) pairs.push_back({u, i, i});
  const fg::interactions four(pairs, 5, 4, true);
  const std::string nothing = "split: held-out interactions: expected at least 1, got 0: ";
  CHECK_THROWS_WITH(fg::split(four, fg::leave_out{.share = 0.1f}),
                    nothing + "a share of 0.1 of 4 interactions of a user, at most");
  CHECK(fg::split(four, fg::leave_out{.share = 0.125f}).held_out.size() == 5);
  CHECK_THROWS_WITH(fg::split(four, fg::random_share{.share = 1e-9f}),
                    nothing + "a share of 1e-09 of 20 interactions");
  CHECK_THROWS_WITH(fg::split(four, fg::by_time{.share = 0.01f}),
                    nothing + "a share of 0.01 of 20 interactions");
  CHECK_THROWS_WITH(
      fg::split(fg::interactions({{0, 0, 1}, {1, 1, 2}}, 2, 2, true), fg::leave_last{}),
      nothing + "no user has 2");
}

TEST_CASE("a share that is none between 0 and 1 is refused") {
  const fg::interactions data({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  for (const float share : {0.0f, 1.0f, -0.5f, std::nanf(""), HUGE_VALF}) {
    const auto said = Catch::StartsWith("split: share: expected between 0 and 1");
    CHECK_THROWS_WITH(fg::split(data, fg::random_share{.share = share}), said);
    CHECK_THROWS_WITH(fg::split(data, fg::leave_out{.share = share}), said);
  }
}
