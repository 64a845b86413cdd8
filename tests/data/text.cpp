// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include <filigree/data/text.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace fg = filigree;
using words = std::vector<std::string>;

TEST_CASE("lines end with a line feed, with a carriage return before it or with the file") {
  fg::line_reader in("a.txt", "\xEF\xBB\xBFone\ntwo\r\n\nfour");
  CHECK(in.number() == 0);
  words lines;
  while (in.next()) {
    lines.emplace_back(in.line());
    CHECK(in.number() == static_cast<fg::offset>(lines.size()));
  }
  CHECK(lines == words{"one", "two", "", "four"});
  CHECK_FALSE(in.next());
  CHECK(in.size() == 17);
  fg::line_reader empty("a.txt", "");
  CHECK_FALSE(empty.next());
}

TEST_CASE("words are separated by blanks and tabs") {
  fg::line_reader in("a.txt", "  ab \t c  \n \t\nd");
  REQUIRE(in.next());
  CHECK(in.more());
  CHECK(in.word() == "ab");
  CHECK(in.more());
  CHECK(in.word() == "c");
  CHECK_FALSE(in.more());
  CHECK(in.word().empty());
  REQUIRE(in.next());
  CHECK(in.blank());
  CHECK(in.word().empty());
  REQUIRE(in.next());
  CHECK_FALSE(in.blank());
  CHECK(in.word() == "d");
}

TEST_CASE("fields are separated by one character and may be empty") {
  fg::line_reader in("a.csv", "a, b ,,c d,\n\nx\n");
  REQUIRE(in.next());
  words fields;
  while (in.more()) fields.emplace_back(in.field(','));
  CHECK(fields == words{"a", "b", "", "c d", ""});
  REQUIRE(in.next());
  CHECK(in.field(',').empty());
  CHECK_FALSE(in.more());
  REQUIRE(in.next());
  CHECK(in.field(',') == "x");
  CHECK_FALSE(in.more());
}

TEST_CASE("numbers are read exactly") {
  fg::line_reader in("a.txt", "numbers");
  in.next();
  CHECK(in.parse<int>("-12", "n") == -12);
  CHECK(in.parse<int>("+12", "n") == 12);
  CHECK(in.parse<std::int64_t>("9223372036854775807", "n") == 9223372036854775807);
  CHECK(in.parse<std::uint8_t>("255", "n") == 255);
  CHECK(in.parse<float>("0.1", "n") == 0.1f);
  CHECK(in.parse<double>("-1.5e-3", "n") == -1.5e-3);
  CHECK(in.parse<float>("1e-60", "n") == 0);
  CHECK(in.parse<double>("-1e-999", "n") == 0);
  CHECK(in.parse<float>("1e-45", "n") == std::numeric_limits<float>::denorm_min());
}

TEST_CASE("every complaint names path, line, thing and text") {
  fg::line_reader in("dir/a.txt", "first\n1 2 x\n");
  in.next();
  in.next();
  const std::string text = ": \"1 2 x\"";
  CHECK_THROWS_WITH(in.parse<int>("x", "item"),
                    "dir/a.txt:2: item: expected an integer, got \"x\"" + text);
  CHECK_THROWS_WITH(in.parse<float>("1.5kg", "weight"),
                    "dir/a.txt:2: weight: expected a number, got \"1.5kg\"" + text);
  CHECK_THROWS_WITH(in.parse<int>("", "item"),
                    "dir/a.txt:2: item: expected an integer, got nothing" + text);
  CHECK_THROWS_WITH(in.parse<int>("1.5", "item"),
                    "dir/a.txt:2: item: expected an integer, got \"1.5\"" + text);
  CHECK_THROWS_WITH(in.parse<int>("+-1", "item"),
                    "dir/a.txt:2: item: expected an integer, got \"+-1\"" + text);
  CHECK_THROWS_WITH(in.parse<int>("-3", "item", 0),
                    "dir/a.txt:2: item: expected 0 to 2147483647, got -3" + text);
  CHECK_THROWS_WITH(in.parse<int>("5", "item", 0, 4),
                    "dir/a.txt:2: item: expected 0 to 4, got 5" + text);
  CHECK_THROWS_WITH(
      in.parse<int>("99999999999", "item"),
      "dir/a.txt:2: item: expected -2147483648 to 2147483647, got 99999999999" + text);
  for (const std::string huge : {"1e400", "-1e5000", "1E+99999"})
    CHECK_THROWS_WITH(in.parse<double>(huge, "weight"),
                      "dir/a.txt:2: weight: expected a finite number, got " + huge + text);
  CHECK(in.parse<double>("1e-5000", "weight") == 0);
  CHECK(in.parse<float>("-1E-99999", "weight") == 0);
  CHECK_THROWS_WITH(in.parse<float>("1e60", "weight"),
                    "dir/a.txt:2: weight: expected a finite number, got 1e60" + text);
  CHECK_THROWS_WITH(in.parse<float>("nan", "weight"),
                    "dir/a.txt:2: weight: expected a finite number, got nan" + text);
  CHECK_THROWS_WITH(in.parse<float>("-inf", "weight"),
                    "dir/a.txt:2: weight: expected a finite number, got -inf" + text);
  CHECK_THROWS_WITH(in.parse<float>("-1", "weight", 0),
                    "dir/a.txt:2: weight: expected at least 0, got -1" + text);
  CHECK_THROWS_WITH(in.parse<double>("2", "share", 0, 1),
                    "dir/a.txt:2: share: expected 0 to 1, got 2" + text);
  CHECK_THROWS_WITH(in.fail("nonsense"), "dir/a.txt:2: nonsense" + text);
  CHECK_THROWS_WITH(in.fail("fields", "2", "3"), "dir/a.txt:2: fields: expected 2, got 3" + text);
  CHECK_THROWS_WITH(in.fail_file("lines", "5", "2"), "dir/a.txt: lines: expected 5, got 2");
  CHECK_THROWS_AS(in.fail("nonsense"), fg::file_error);
}

TEST_CASE("long lines are cut in complaints") {
  fg::line_reader in("a.txt", std::string(200, 'x'));
  in.next();
  CHECK_THROWS_WITH(in.fail("long"), "a.txt:1: long: \"" + std::string(80, 'x') + "...\"");
}

TEST_CASE("a text file is read as a whole, and a missing one is an error") {
  const temporary_file file(".txt", "a\nb\n");
  fg::line_reader in(file.path());
  CHECK(in.path() == file.path());
  CHECK(in.next());
  CHECK(in.next());
  CHECK_FALSE(in.next());
  CHECK_THROWS_WITH(fg::line_reader("/nowhere.txt"),
                    "/nowhere.txt: expected a readable file, got none: No such file or directory");
}

TEST_CASE("numbers are written in the shortest form that reads back") {
  std::string out;
  fg::append_number(out, 0.1f);
  fg::append_number(out += ' ', 1.0 / 3);
  fg::append_number(out += ' ', -7);
  fg::append_number(out += ' ', std::numeric_limits<double>::max());
  CHECK(out == "0.1 0.3333333333333333 -7 1.7976931348623157e+308");
}

TEST_CASE("a gzip file is named as such, and what is not text is shown by its numbers") {
  const temporary_file packed(".txt.gz", "\x1F\x8B\x08 whatever");
  const auto reader = std::exchange(fg::detail::gzip_reader, nullptr);  // as without gzip.hpp
  CHECK_THROWS_WITH(fg::line_reader(packed.path()),
                    packed.path() +
                        ": expected text, got a gzip file "
                        "(<filigree/data/gzip.hpp> reads it, zcat unpacks it)");
  fg::detail::gzip_reader = reader;
  const temporary_file file(".txt", "\x1b[2J\x80\n");
  fg::line_reader in(file.path());
  REQUIRE(in.next());
  CHECK_THROWS_WITH(
      in.parse<int>(in.word(), "id"),
      file.path() + ":1: id: expected an integer, got \"\\x1B[2J\\x80\": \"\\x1B[2J\\x80\"");
}
