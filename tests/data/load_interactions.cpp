// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "paths.hpp"
#include "temporary_file.hpp"
#include <filigree/data/load_interactions.hpp>

namespace fg = filigree;

namespace {
std::string said(const std::string& text, fg::interaction_rules rules = {}) {
  return complaint_about(temporary_file(".txt", text), "", [&](const std::string& path) {
    (void)fg::load_interactions(path, rules);
  });
}
}  // namespace

TEST_CASE("LightGCN's text form is read and written") {
  const temporary_file file(".txt", "0 4 2\n\n2 1\r\n1 0 1 2\n");
  const auto data = fg::load_interactions(file.path());
  CHECK(data.users() == 3);
  CHECK(data.items() == 5);
  CHECK(data.size() == 6);
  const temporary_file other;
  fg::save_interactions(data, other.path());
  CHECK(other.bytes() == "0 2 4\n1 0 1 2\n2 1\n");
}

TEST_CASE("bad lines of interactions are named with path, line and text") {
  CHECK(said("") == ": interactions: expected lines `user item item ...`, got none");
  CHECK(said("0 1\n1 x\n") == ":2: item: expected an integer, got \"x\": \"1 x\"");
  CHECK(said("0 1\n1 2.5\n") == ":2: item: expected an integer, got \"2.5\": \"1 2.5\"");
  CHECK(said("0 -1\n") == ":1: item: expected 0 to 2147483646, got -1: \"0 -1\"");
  CHECK(said("0 99999999999\n") ==
        ":1: item: expected 0 to 2147483646, got 99999999999: \"0 99999999999\"");
  CHECK(said("-3 1\n") == ":1: user: expected 0 to 2147483646, got -3: \"-3 1\"");
  CHECK(said("0 1 2 1\n") == ":1: item 1 of user 0: expected once, got it again: \"0 1 2 1\"");
  CHECK(said("\n") == ": interactions: expected lines `user item item ...`, got none");
  CHECK(said("0 1 \n\n1 2\t\n") == "nothing");  // blanks mean nothing
  CHECK(said("0 1\n2147483646 2\n") == ": user 1: expected a line, got none");
  CHECK(said("0 1\n0 2\n") == ":2: user 0: expected one line, got a second: \"0 2\"");
}

TEST_CASE("a user without interactions is an error in training and fine in held-out data") {
  CHECK(said("0 1\n1\n") == ":2: items of user 1: expected at least one, got none: \"1\"");
  CHECK(said("0 1\n2 1\n") == ": user 1: expected a line, got none");
  CHECK(said("0 1\n1\n", {.users_without_items = true}) == "nothing");
  CHECK(said("0 1\n2 1\n", {.users_without_items = true}) == "nothing");
}

TEST_CASE("ids that the rules exclude are named") {
  const fg::interaction_rules rules{.users_without_items = true, .users = 3, .items = 2};
  CHECK(said("2 1\n", rules) == "nothing");
  CHECK(said("1 0\n3 1\n", rules) == ":2: user: expected 0 to 2, got 3: \"3 1\"");
  CHECK(said("1 0 2\n", rules) == ":1: item: expected 0 to 1, got 2: \"1 0 2\"");
}

TEST_CASE("a missing file and a folder are named") {
  CHECK_THROWS_WITH(fg::load_interactions("/no/such/file"),
                    "/no/such/file: expected a readable file, got none: No such file or directory");
  CHECK_THROWS_WITH(fg::load_interactions("/"),
                    "/: expected a readable file, got none: Is a directory");
}

TEST_CASE("names are read by id and may hold blanks") {
  const temporary_file file(".txt", "red wine 1\nbread 0\n");
  CHECK(fg::load_names(file.path(), 2) == std::vector<std::string>{"bread", "red wine"});
  CHECK_THROWS_WITH(fg::load_names(file.path(), 3),
                    file.path() + ": id 2: expected a name, got none");
  CHECK_THROWS_WITH(fg::load_names(file.path(), 1),
                    file.path() + ":1: id: expected 0 to 0, got 1: \"red wine 1\"");
  file.write("bread 0\njam 0\n");
  CHECK_THROWS_WITH(fg::load_names(file.path(), 2),
                    file.path() + ":2: id 0: expected once, got it again: \"jam 0\"");
  file.write("bread\n");
  CHECK_THROWS_WITH(fg::load_names(file.path(), 1),
                    file.path() + ":1: name: expected a line `name id`, got one word: \"bread\"");
}

TEST_CASE("the bundled data has the counts that its README states") {
  const auto folder = paths::bundled_data() / "debian";
  const auto train = fg::load_interactions((folder / "train.txt").string());
  const auto test =
      fg::load_interactions((folder / "test.txt").string(), {.users_without_items = true});
  CHECK(train.users() == 11387);
  CHECK(train.items() == 4288);
  CHECK(train.size() == 103003);
  CHECK(test.size() == 25102);
  const auto names = fg::load_names((folder / "items.txt").string(), train.items());
  CHECK(names[0] == "accountsservice");
}

TEST_CASE("a name that stands for two ids is named with both lines") {
  const temporary_file file(".txt", "ada 0\n\nada 1\n");
  CHECK_THROWS_WITH(fg::load_names(file.path(), 2),
                    file.path() +
                        ":3: name \"ada\": expected once, got it again after line 1: "
                        "\"ada 1\"");
}

TEST_CASE("a stray id is refused before a table is made for it") {
  const temporary_file file(".txt", "0 1 2\n1 2000000000\n2 0\n");
  CHECK_THROWS_WITH(fg::load_interactions(file.path()),
                    file.path() +
                        ":2: item: expected below 1000064 (there are 4), got 2000000000; ids count "
                        "from 0, renumber them");
  const temporary_file user(".txt", "0 1\n1999999999 0\n");
  CHECK_THROWS_WITH(
      fg::load_interactions(user.path(), {.users_without_items = true}),
      Catch::Contains(":2: user: expected below 1000032 (there are 2), got 1999999999"));
}
