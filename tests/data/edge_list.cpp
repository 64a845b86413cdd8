// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include "temporary_file.hpp"
#include <filigree/data/edge_list.hpp>

#include <limits>
#include <string>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;

/// What reading a file with this text complains about, without its path.
std::string complaint(const std::string& text, const fg::edge_list_format& format = {}) {
  return complaint_about(temporary_file(".txt", text), ":", [&](const std::string& path) {
    (void)fg::read_edge_list<float>(fg::reference{}, path, format);
  });
}
}  // namespace

TEMPLATE_TEST_CASE("an edge list may be separated by commas, tabs, semicolons or blanks", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const auto text = GENERATE("2,0,1.5\n0,3,-2\n", "2\t0\t1.5\n0\t3\t-2\n", "2 0 1.5\n0 3 -2\n",
                             " 2   0\t1.5 \n0 3 -2", "2;0;1.5\r\n0;3;-2\r\n",
                             "source, target, weight\n2, 0, 1.5\n\n0 ,3 , -2\n",
                             "influencer,follower,nan\n2,0,1.5\n0,3,-2\n",
                             "# a comment\nsource target weight\n# another\n2 0 1.5\n#x\n0 3 -2\n");
  // A line that mixes blanks and tabs is split at blanks only if that is asked for.
  const fg::edge_list_format format{.separator = std::string(text).starts_with(" 2") ? ' ' : '\0'};
  const temporary_file file(".txt", text);
  const auto a = fg::read_edge_list<T>(on, file.path(), format).to_host(on);
  CHECK(a.shape == fg::shape{3, 4});
  CHECK(a.row == ids{2, 0});
  CHECK(a.col == ids{0, 3});
  CHECK(a.value == list<T>{1.5, -2});
}

TEMPLATE_TEST_CASE("edges without weights weigh 1", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const temporary_file file(".txt", "0 1\n1 2\n");
  const auto a = fg::read_edge_list<T>(on, file.path()).to_host(on);
  CHECK(a.value == list<T>{1, 1});
  CHECK(a.shape == fg::shape{2, 3});
}

TEST_CASE("the shape of an edge list is found, made square or given") {
  const fg::reference on;
  const temporary_file file(".txt", "1 2\n2 5\n");
  CHECK(fg::read_edge_list<float>(on, file.path()).shape() == fg::shape{3, 6});
  CHECK(fg::read_edge_list<float>(on, file.path(), {.square = true}).shape() == fg::shape{6, 6});
  CHECK(fg::read_edge_list<float>(on, file.path(), {.first_id = 1}).shape() == fg::shape{2, 5});
  CHECK(fg::read_edge_list<float>(on, file.path(), {.size = fg::shape{9, 7}}).shape() ==
        fg::shape{9, 7});
  const temporary_file none(".txt", "# nothing yet\n");
  CHECK(fg::read_edge_list<float>(on, none.path()).shape() == fg::shape{0, 0});
  CHECK(fg::read_edge_list<float>(on, none.path(), {.size = fg::shape{2, 2}}).shape() ==
        fg::shape{2, 2});
}

TEMPLATE_TEST_CASE("an edge list that is written is read again, bit for bit", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(70, 130);
  const fg::coo<T, B> a(on, e.shape, e.row, e.col, e.value);
  const temporary_file file(".txt");
  for (const char separator : {'\t', ',', ' ', ';'}) {
    const fg::edge_list_format format{.separator = separator, .first_id = 1, .size = e.shape};
    write_edge_list(on, file.path(), a, format);
    CHECK(equal(on, fg::read_edge_list<T>(on, file.path(), format), a));
  }
  const auto b = to_csr(on, a).matrix;
  write_edge_list(on, file.path(), b);
  CHECK(equal(on, to_csr(on, fg::read_edge_list<T>(on, file.path(), {.size = e.shape})).matrix, b));
}

TEST_CASE("edges are written as lines of row, column and weight") {
  const fg::reference on;
  const temporary_file file(".tsv");
  const fg::coo<float, fg::reference> a(on, {3, 3}, ids{2, 0}, ids{1, 0}, list<float>{0.5f, -3});
  write_edge_list(on, file.path(), a);
  CHECK(file.bytes() == "2\t1\t0.5\n0\t0\t-3\n");
  write_edge_list(on, file.path(), a, {.separator = ',', .first_id = 1});
  CHECK(file.bytes() == "3,2,0.5\n1,1,-3\n");
  const fg::coo<float, fg::reference> bad(on, {1, 1}, ids{0}, ids{0},
                                          list<float>{-std::numeric_limits<float>::infinity()});
  CHECK_THROWS_WITH(write_edge_list(on, file.path(), bad),
                    file.path() + ": value of entry 0: expected a finite number, got -inf");
  CHECK(file.bytes() == "3,2,0.5\n1,1,-3\n");
}

TEST_CASE("every complaint about an edge list names path, line and text") {
  CHECK_THROWS_WITH(fg::read_edge_list<float>(fg::reference{}, "/nowhere.txt"),
                    "/nowhere.txt: expected a readable file, got none: No such file or directory");
  for (const fg::offset first :
       {fg::offset{-1}, fg::offset{2}, std::numeric_limits<fg::offset>::max()})
    CHECK_THROWS_WITH(
        fg::read_edge_list<float>(fg::reference{}, "/nowhere.txt", {.first_id = first}),
        "edge list: first_id: expected 0 or 1, got " + std::to_string(first));
  CHECK(complaint("") == " edge list: expected lines \"row column weight\", got an empty file");
  CHECK(complaint("1\n") == "1: fields: expected 2 or 3, got 1: \"1\"");
  CHECK(complaint("1 2 3 4\n") == "1: fields: expected 2 or 3, got 4: \"1 2 3 4\"");
  CHECK(complaint("1 2\n1 3 4\n") == "2: fields: expected 2, got 3: \"1 3 4\"");
  CHECK(complaint("a,b,c\n1,2,3\n4,5\n") == "3: fields: expected 3, got 2: \"4,5\"");
  CHECK(complaint("1 2\nx 3\n") == "2: row: expected an integer, got \"x\": \"x 3\"");
  CHECK(complaint("a 2\n1 3\n") == "1: row: expected an integer, got \"a\": \"a 2\"");
  CHECK(complaint("1,2\n1,\n") == "2: column: expected an integer, got nothing: \"1,\"");
  CHECK(complaint("0 -2\n") == "1: column: expected 0 to 2147483646, got -2: \"0 -2\"");
  CHECK(complaint("0 2147483647\n") ==
        "1: column: expected 0 to 2147483646, got 2147483647: \"0 2147483647\"");
  CHECK(complaint("99999999999999999999 1\n") ==
        "1: row: expected 0 to 2147483646, got 99999999999999999999: \"99999999999999999999 1\"");
  CHECK(complaint("1 0\n", {.first_id = 1}) ==
        "1: column: expected 1 to 2147483647, got 0: \"1 0\"");
  CHECK(complaint("1 3\n", {.size = fg::shape{2, 3}}) ==
        "1: column: expected 0 to 2, got 3: \"1 3\"");
  CHECK(complaint("1 3\n", {.size = fg::shape{0, 3}}) == "1: row: expected none, got 1: \"1 3\"");
  CHECK(complaint("1 2 heavy\n") == "1: weight: expected a number, got \"heavy\": \"1 2 heavy\"");
  CHECK(complaint("1 2 3\n1 3 nan\n") ==
        "2: weight: expected a finite number, got nan: \"1 3 nan\"");
  CHECK(complaint("1 2 3\n1 3 inf\n") ==
        "2: weight: expected a finite number, got inf: \"1 3 inf\"");
  CHECK(complaint("1 2\n3 4\n# c\n1 2\n3 4\n") ==
        "4: entry: expected once, got it again after line 1: \"1 2\"");
}

TEST_CASE("a first line with a number in it is data, in quotation marks or not") {
  const fg::reference on;
  const auto text = GENERATE("\"0\",\"1\"\n", "\"0\"\t\"1\"", "\"0\" \"1\"\n",
                             "\"Source\",\"Target\"\n\"0\",1\n", "source,TARGET\n0,1\n");
  const temporary_file file(".csv", text);
  const auto a = fg::read_edge_list<float>(on, file.path()).to_host(on);
  CHECK(a.shape == fg::shape{1, 2});
  CHECK(a.row == ids{0});
  CHECK(a.col == ids{1});
  CHECK(complaint("\"0,1\n") == "1: row: expected an integer, got \"\"0\": \"\"0,1\"");
}

TEST_CASE("names that a header is known by say where the columns of an edge list are") {
  const fg::reference on;
  const auto text = GENERATE(
      "weight,target,source\n5,1,0\n", "Rating;\"Item\";USER\n5;1;0\n", "dst weight src\n1 5 0\n",
      "timestamp,user,item,rating\n99,0,1,5\n", "user_id,itemId,time,rating\n0,1,noon,5\n",
      "row\tcolumn\tweight\n0\t1\t5\n", "a,b,weight\n0,1,5\n", "user,film,stars\n0,1,5\n");
  const temporary_file file(".csv", text);
  const auto a = fg::read_edge_list<float>(on, file.path()).to_host(on);
  CHECK(a.row == ids{0});
  CHECK(a.col == ids{1});
  CHECK(a.value == list<float>{5});
  const temporary_file timed(".csv", "user,item,timestamp\n0,1,5\n");
  CHECK(fg::read_edge_list<float>(on, timed.path()).to_host(on).value == list<float>{1});
}

TEST_CASE("a header that does not say which column is which is refused") {
  CHECK(complaint("weight,a,b\n5,0,1\n") ==
        "1: column \"weight\": expected in its place or among known names, got it beside \"a\": "
        "\"weight,a,b\"");
  CHECK(complaint("a,b,time\n0,1,5\n").starts_with("1: column \"time\": expected in its place"));
  CHECK(complaint("user,source,item\n5,0,1\n") ==
        "1: column \"source\": expected once, got it after \"user\": \"user,source,item\"");
  CHECK(complaint("user,rating\n5,0\n") ==
        "1: header: expected both of user and item, source and target or src and dst, got one or "
        "none: \"user,rating\"");
  CHECK(complaint("user,item\n5,0,1\n") == "2: fields: expected 2, got 3: \"5,0,1\"");
}

TEST_CASE("edges that occur twice are merged where a policy says so") {
  const fg::reference on;
  const temporary_file file(".txt", "1 0 1\n0 0 2\n1 0 4\n");
  const auto a = fg::read_edge_list<float>(on, file.path(), {}, fg::duplicates::last).to_host(on);
  CHECK(a.row == ids{0, 1});
  CHECK(a.value == list<float>{2, 4});
}

TEST_CASE("a matrix without entries is written and read back with its size") {
  const fg::cpu on;
  const temporary_file file(".txt");
  fg::write_edge_list(on, file.path(), fg::coo<float, fg::cpu>(on, {3, 4}, {}, {}, {}));
  const auto a = fg::read_edge_list<float>(on, file.path(), {.size = fg::shape{3, 4}});
  CHECK(a.shape() == fg::shape{3, 4});
  CHECK(a.entries() == 0);
  CHECK_THROWS_WITH(
      fg::read_edge_list<float>(on, file.path()),
      file.path() + ": edge list: expected lines \"row column weight\", got an empty file");
}

TEST_CASE("a stray id of an edge list is refused, unless the size is given") {
  const fg::reference on;
  const temporary_file file(".txt", "0 1\n5 2000000000\n");
  CHECK_THROWS_WITH(
      fg::read_edge_list<float>(on, file.path()),
      Catch::Contains(":2: column: expected below 1000032 (there are 2), got 2000000000"));
  CHECK_THROWS_WITH(
      fg::read_edge_list<float>(on, file.path(), {.square = true}),
      Catch::Contains(":2: node: expected below 1000064 (there are 4), got 2000000000"));
  CHECK(fg::read_edge_list<float>(on, file.path(), {.size = fg::shape{6, 2000000001}}).entries() ==
        2);
}

TEST_CASE(
    "an edge list whose weights of an edge add up to what the type cannot hold names a line") {
  const temporary_file file(".txt", "0 1 200\n1 0 3\n0 1 100\n");
  CHECK_THROWS_MATCHES(
      fg::read_edge_list<std::uint8_t>(fg::reference{}, file.path(), {}, fg::duplicates::sum),
      fg::file_error,
      Catch::Message(file.path() + ":3: sum of the entries of this place: expected 0 to 255, got "
                                   "300: \"0 1 100\""));
}
