// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "temporary_file.hpp"
#include <filigree/data/load_timed_interactions.hpp>
#include <filigree/data/split.hpp>

#include <algorithm>

namespace fg = filigree;

namespace {
std::string said_of_times(const std::string& text) {
  return complaint_about(temporary_file(".csv", text), "",
                         [](const std::string& path) { (void)fg::load_timed_interactions(path); });
}
}  // namespace

TEST_CASE("interactions with times are read in any order, and split by time") {
  for (const char separator : {',', '\t', ';', ' '}) {
    std::string text = "user,item,time\n# a comment\n1,0,30\n\n0,2,-10\r\n0,1,1700000000000\n";
    std::replace(text.begin(), text.end(), ',', separator);
    const temporary_file file(".csv", text);
    const auto data = fg::load_timed_interactions(file.path());
    CHECK(data.users() == 2);
    CHECK(data.items() == 3);
    CHECK(std::vector(data.columns().begin(), data.columns().end()) ==
          std::vector<fg::index>{1, 2, 0});
    CHECK(std::vector(data.times().begin(), data.times().end()) ==
          std::vector<std::int64_t>{1700000000000, -10, 30});
    const auto [train, held_out] = fg::split(data, fg::leave_last{});
    REQUIRE(held_out.size() == 1);
    CHECK(held_out.items_of(0)[0] == 1);
    CHECK(train.size() == 2);
  }
}

TEST_CASE("names that a header is known by say where users, items and times are") {
  for (const std::string text :
       {"timestamp,item,user\n30,1,0\n", "\"user\";\"item\";\"Time\"\n0;1;30\n",
        "user,item,rating,timestamp\n0,1,4.5,30\n"}) {
    const temporary_file file(".csv", text);
    const auto data = fg::load_timed_interactions(file.path());
    CHECK(data.items_of(0)[0] == 1);
    CHECK(std::vector(data.times().begin(), data.times().end()) == std::vector<std::int64_t>{30});
  }
  const temporary_file rated(".csv", "user,item,rating\n0,1,4.5\n");
  CHECK(fg::load_timed_interactions(rated.path()).times().empty());
  const temporary_file quoted(".csv", "\"0\",\"1\"\n");
  CHECK(fg::load_timed_interactions(quoted.path()).size() == 1);
  CHECK(said_of_times("a,b,rating\n0,1,5\n").starts_with(":1: column \"rating\": expected in"));
}

TEST_CASE("times may be missing, from all lines or from none") {
  const temporary_file file(".tsv", "0\t1\n3\t0\n");
  const auto data = fg::load_timed_interactions(file.path());
  CHECK(data.users() == 4);
  CHECK(data.times().empty());
  CHECK(said_of_times("0,1,5\n0,2\n") == ":2: fields: expected 3, got 2: \"0,2\"");
  CHECK(said_of_times("0,1\n0,2,5\n") == ":2: fields: expected 2, got 3: \"0,2,5\"");
}

TEST_CASE("bad lines of timed interactions are named with path, line and text") {
  CHECK(said_of_times("") == ": interactions: expected lines `user item time`, got none");
  CHECK(said_of_times("user,item\n") ==
        ": interactions: expected lines `user item time`, got none");
  CHECK(said_of_times("5\n") == ":1: fields: expected 2 or 3, got 1: \"5\"");
  CHECK(said_of_times("0,1,2,3\n") == ":1: fields: expected 2 or 3, got 4: \"0,1,2,3\"");
  CHECK(said_of_times("0,-1,2\n") == ":1: item: expected 0 to 2147483646, got -1: \"0,-1,2\"");
  CHECK(said_of_times("4294967296,1,2\n") ==
        ":1: user: expected 0 to 2147483646, got 4294967296: \"4294967296,1,2\"");
  CHECK(said_of_times("0,1,noon\n") == ":1: time: expected an integer, got \"noon\": \"0,1,noon\"");
  CHECK(said_of_times("0,1,2\n0,1,3\n") ==
        ":2: item 1 of user 0: expected once, got it again: \"0,1,3\"");
  CHECK_THROWS_WITH(fg::load_timed_interactions("/no/such/file"),
                    "/no/such/file: expected a readable file, got none: No such file or directory");
}

TEST_CASE("a stray id of timed interactions is refused") {
  const temporary_file file(".txt", "0,1,5\n2000000000,1,6\n");
  CHECK_THROWS_WITH(
      fg::load_timed_interactions(file.path()),
      Catch::Contains(":2: user: expected below 1000032 (there are 2), got 2000000000"));
  const temporary_file item(".txt", "0,3000000\n1,1\n");
  CHECK_THROWS_WITH(fg::load_timed_interactions(item.path()),
                    Catch::Contains(":1: item: expected below 1000032 (there are 2), got 3000000"));
}
