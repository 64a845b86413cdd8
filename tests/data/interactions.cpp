// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/data/interactions.hpp>

#include <limits>

namespace fg = filigree;

TEST_CASE("interactions are sorted by user and item, whatever the order they come in") {
  const fg::interactions data({{2, 1}, {0, 3}, {2, 0}, {0, 1}});
  CHECK(data.users() == 3);
  CHECK(data.items() == 4);
  CHECK(data.size() == 4);
  const auto of = [&](fg::index u) {
    const auto items = data.items_of(u);
    return std::vector<fg::index>(items.begin(), items.end());
  };
  CHECK(of(0) == std::vector<fg::index>{1, 3});
  CHECK(of(1).empty());
  CHECK(of(2) == std::vector<fg::index>{0, 1});
  CHECK(data.popularity() == std::vector<fg::index>{1, 2, 0, 1});
  CHECK(data.times().empty());
}

TEST_CASE("times follow their interactions") {
  const fg::interactions data({{1, 0, 30}, {0, 2, 10}, {0, 1, 20}}, 0, 0, true);
  CHECK(std::vector<std::int64_t>(data.times().begin(), data.times().end()) ==
        std::vector<std::int64_t>{20, 10, 30});
  CHECK(data.pairs()[2].time == 30);
}

TEST_CASE("interactions name what is wrong with a pair") {
  CHECK_THROWS_WITH(fg::interactions({{0, 1}, {1, 2}, {0, 1}}),
                    "interactions: pair (0, 1): expected once, got it again");
  CHECK_THROWS_WITH(fg::interactions({{0, -1}}),
                    "interactions: pair (0, -1): expected ids from 0, got a negative one");
  CHECK_THROWS_WITH(fg::interactions({{-1, 0}}),
                    "interactions: pair (-1, 0): expected ids from 0, got a negative one");
  CHECK_THROWS_WITH(fg::interactions({{0, std::numeric_limits<fg::index>::max()}}),
                    "interactions: items: expected at most 2147483647, got 2147483648");
}

TEST_CASE("data sets are aligned to the counts of the largest") {
  fg::interactions train({{0, 1}}), test({{4, 0}});
  fg::align(train, test);
  CHECK(train.users() == 5);
  CHECK(test.items() == 2);
  CHECK(train.items_of(4).empty());
  CHECK(train.size() == 1);
}

TEST_CASE("names are found, and stand in for ids in messages") {
  fg::interactions data({{0, 0}, {1, 1}});
  CHECK(data.name_of(fg::user{1}) == "user 1");
  data.user_names = {"ada", "bob"};
  data.item_names = {"tea", "jam"};
  CHECK(data.name_of(fg::user{1}) == "bob");
  CHECK(data.name_of(fg::item{0}) == "tea");
  CHECK(data.find_user("bob") == fg::user{1});
  CHECK_THROWS_WITH(data.find_user("eve"),
                    "user: expected a name that the data knows, got \"eve\"");
}
