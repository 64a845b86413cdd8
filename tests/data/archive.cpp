// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "complaint_about.hpp"
#include "temporary_file.hpp"
#include <filigree/data/archive_interactions.hpp>
#include <filigree/data/archive_reader.hpp>
#include <filigree/data/archive_writer.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace fg = filigree;
using Catch::Contains;

namespace {
/// The message that reading the file ends in, without the path.
std::string archive_said(const temporary_file& file) {
  return complaint_about(file, "",
                         [](const std::string& path) { const fg::archive_reader in(path); });
}
}  // namespace

TEST_CASE("an archive gives back what was put in, by name") {
  const temporary_file file(".archive");
  const std::vector<double> numbers{1.5, -0.0, std::numeric_limits<double>::infinity(), 1e-310};
  fg::archive_writer out;
  out.put("matrix", std::span<const double>(numbers), {2, 2});
  out.put("list", std::vector<std::int64_t>{-1, 1ll << 60});
  out.put("none", std::vector<float>{});
  out.put("one", std::uint8_t{200});
  out.put("text", std::string_view("two\nlines"));
  out.put("names", std::vector<std::string>{"red wine", "", "bread"});
  out.put("no names", std::vector<std::string>{});
  out.save(file.path());

  const fg::archive_reader in(file.path());
  CHECK(in.get<double>("matrix") == numbers);
  CHECK(in.shape_of("matrix") == fg::shape{2, 2});
  CHECK(in.get<std::int64_t>("list") == std::vector<std::int64_t>{-1, 1ll << 60});
  CHECK(in.shape_of("list") == fg::shape{1, 2});
  CHECK(in.get<float>("none").empty());
  CHECK(in.number<std::uint8_t>("one") == 200);
  CHECK(in.text("text") == "two\nlines");
  CHECK(in.texts("names") == std::vector<std::string>{"red wine", "", "bread"});
  CHECK(in.texts("no names").empty());
  CHECK(in.has("one"));
  CHECK_FALSE(in.has("two"));
  CHECK(in.names("n") == std::vector<std::string>{"names", "no names", "none"});
}

TEST_CASE("texts of several lines, and names for other counts, are refused") {
  fg::archive_writer out;
  CHECK_THROWS_WITH(out.put("names", std::vector<std::string>{"red", "a\nb"}),
                    "archive: names: expected texts of one line, got a\nb");
  const temporary_file file(".archive");
  fg::interactions data({{0, 0}, {1, 1}});
  data.user_names = {"ann", "bob", "eve"};
  fg::archive_writer other;
  fg::put_interactions(other, data);
  other.save(file.path());
  CHECK_THROWS_WITH(fg::get_interactions(fg::archive_reader(file.path())),
                    file.path() + ": names of users: expected 2, got 3");
}

TEST_CASE("an archive names what it lacks and what is of another type or size") {
  const temporary_file file(".archive");
  fg::archive_writer out;
  out.put("three", std::vector<float>{1, 2, 3});
  CHECK_THROWS_WITH(out.put("four", std::span<const float>(), {2, 2}),
                    "archive: elements of four: expected 4, got 0");
  out.save(file.path());
  const fg::archive_reader in(file.path());
  CHECK_THROWS_WITH(in.get<float>("two"),
                    file.path() + ": content: expected two, got none of that name");
  CHECK_THROWS_WITH(in.get<double>("three"),
                    file.path() + ": type of three: expected f64, got f32");
  CHECK_THROWS_WITH(in.number<float>("three"),
                    file.path() + ": elements of three: expected 1, got 3");
}

TEST_CASE("no truncated archive is read, wherever it ends") {
  const temporary_file file(".archive");
  fg::archive_writer out;
  out.put("list", std::vector<std::int32_t>{1, 2, 3});
  out.put("text", std::string_view("words"));
  out.save(file.path());
  const auto whole = file.bytes();
  REQUIRE(archive_said(file) == "nothing");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    file.write(whole.substr(0, n));
    INFO(n);
    if (n == 0)
      CHECK(archive_said(file) == ": format: expected a file of filigree, got an empty file");
    else if (n < 20)
      CHECK(archive_said(file) ==
            ": format: expected a file of filigree, got one that begins \"" +
                fg::detail::printable(whole.substr(0, std::min<std::size_t>(n, 8))) + '"');
    else
      CHECK_THAT(archive_said(file), Contains(": size: expected") && Contains("(truncated?)"));
  }
  file.write(whole + "more");
  CHECK_THAT(archive_said(file), Contains(": size: expected"));
}

TEST_CASE("an archive whose checksum is right and whose records are not is refused") {
  using bytes = std::string;
  const auto number = [](std::uint64_t n) {
    return bytes(reinterpret_cast<const char*>(&n), sizeof n);
  };
  const auto text = [&](const bytes& t) { return number(t.size()) + t; };
  const auto said_of = [&](const bytes& content) {
    const std::uint32_t version = fg::archive_writer::version, sum = fg::crc32(content);
    const bytes head(reinterpret_cast<const char*>(&version), sizeof version),
        tail(reinterpret_cast<const char*>(&sum), sizeof sum);
    const temporary_file file(".archive",
                              "filigree" + head + number(content.size()) + content + tail);
    return archive_said(file);
  };
  const auto record = [&](const bytes& type, std::uint64_t rows, std::uint64_t cols,
                          std::size_t size) {
    return text("a") + text(type) + number(rows) + number(cols) + text(bytes(size, '\0'));
  };
  CHECK(said_of(record("f32", 2, 3, 24)) == "nothing");
  CHECK(said_of(record("f32", 2, 3, 20)) == ": bytes of a: expected 2 x 3 of f32, got 20");
  CHECK(said_of(record("f32", 2, 3, 28)) == ": bytes of a: expected 2 x 3 of f32, got 28");
  CHECK(said_of(record("f32", 1, 1, 5)) == ": bytes of a: expected 1 x 1 of f32, got 5");
  CHECK(said_of(record("f32", 0, 3, 4)) == ": bytes of a: expected 0 x 3 of f32, got 4");
  CHECK(said_of(record("f32", 3, 0, 4)) == ": bytes of a: expected 3 x 0 of f32, got 4");
  const std::uint64_t minus_1 = ~std::uint64_t{0};
  CHECK(said_of(record("f32", minus_1, 1, 4)) == ": bytes of a: expected -1 x 1 of f32, got 4");
  CHECK(said_of(record("f32", 1, minus_1, 4)) == ": bytes of a: expected 1 x -1 of f32, got 4");
  for (const bytes type : {"", "f", "fx", "f4", "f32x"})
    CHECK(said_of(record(type, 1, 1, 4)) == ": bytes of a: expected 1 x 1 of " + type + ", got 4");
  CHECK(said_of("1234567") == ": record: expected 8 bytes more, got the end");
  CHECK(said_of(number(100)) == ": record: expected 100 bytes more, got the end");
}

TEST_CASE("an archive with any byte changed is refused") {
  const temporary_file file(".archive");
  fg::archive_writer out;
  out.put("list", std::vector<std::int32_t>{1, 2, 3});
  out.save(file.path());
  const auto whole = file.bytes();
  for (std::size_t n = 0; n < whole.size(); ++n)
    for (const char flip : {'\x01', '\x80'}) {
      auto damaged = whole;
      damaged[n] = static_cast<char>(damaged[n] ^ flip);
      file.write(damaged);
      INFO(n);
      CHECK(archive_said(file) != "nothing");
      if (n >= 20) CHECK_THAT(archive_said(file), Contains(": checksum: expected"));
    }
}

TEST_CASE("an archive that is missing, or cannot be written, is named") {
  CHECK_THROWS_WITH(fg::archive_reader("/no/such/file"),
                    "/no/such/file: expected a readable file, got none: No such file or directory");
  CHECK_THROWS_WITH(fg::archive_writer().save("/no/such/file"),
                    "/no/such/file: cannot be written: No such file or directory");
}

TEST_CASE("archives keep interactions with names and times") {
  const temporary_file file(".archive");
  fg::interactions data({{0, 2, 7}, {2, 0, -1}, {2, 1, 5}}, 4, 5, true);
  data.user_names = {"ada", "bob", "cy", "di"};
  data.item_names = {"tea", "red wine", "jam", "", "rye"};
  fg::archive_writer out;
  fg::put_interactions(out, data);
  out.save(file.path());
  const auto back = fg::get_interactions(fg::archive_reader(file.path()));
  CHECK(back.users() == 4);
  CHECK(back.items() == 5);
  CHECK(std::ranges::equal(back.columns(), data.columns()));
  CHECK(std::ranges::equal(back.row_begin(), data.row_begin()));
  CHECK(std::ranges::equal(back.times(), data.times()));
  CHECK(back.user_names == data.user_names);
  CHECK(back.item_names == data.item_names);
}

TEST_CASE("interactions that contradict themselves are refused") {
  const temporary_file file(".archive");
  const auto with = [&](std::vector<fg::offset> begin, std::vector<fg::index> columns,
                        std::vector<std::int64_t> times) {
    fg::archive_writer out;
    out.put("interactions/users", fg::index{2});
    out.put("interactions/items", fg::index{3});
    out.put("interactions/begin", begin);
    out.put("interactions/columns", columns);
    out.put("interactions/times", times);
    out.put("interactions/user_names", std::vector<std::string>{});
    out.put("interactions/item_names", std::vector<std::string>{});
    out.save(file.path());
    return fg::get_interactions(fg::archive_reader(file.path()));
  };
  CHECK(with({0, 1, 2}, {2, 0}, {}).size() == 2);
  CHECK_THROWS_WITH(with({0, 1}, {2}, {}), file.path() + ": users: expected 3, got 2");
  CHECK_THROWS_WITH(with({0, 1, 3}, {2, 0}, {}), file.path() + ": interactions: expected 3, got 2");
  CHECK_THROWS_WITH(with({0, 1, 2}, {2, 0}, {1}), file.path() + ": times: expected 2, got 1");
  CHECK_THROWS_WITH(
      with({0, 3, 2}, {2, 0}, {}),
      file.path() + ": offsets of users: expected ascending ones from 0, got 2 after 3");
  CHECK_THROWS_WITH(
      with({0, 0, 2}, {2, 2}, {}),
      file.path() + ": items of user 1: expected each once, ascending, got 2 after 2");
  CHECK_THROWS_WITH(
      with({0, 2, 2}, {2, 0}, {}),
      file.path() + ": items of user 0: expected each once, ascending, got 0 after 2");
  CHECK_THROWS_WITH(with({}, {}, {}),
                    file.path() + ": offsets of users: expected ascending ones from 0, got none");
  for (const fg::index item : {-1, 3})
    CHECK_THROWS_WITH(with({0, 1, 2}, {2, item}, {}),
                      file.path() + ": item: expected 0 to 2, got " + std::to_string(item));
  CHECK_THROWS_WITH(with({-1, 1, 2}, {2, 0}, {}),
                    file.path() + ": offsets of users: expected ascending ones from 0, got -1");
}

TEST_CASE("an array whose bytes do not fit its shape is refused") {
  const temporary_file file(".archive");
  fg::archive_writer out;
  out.put("matrix", std::vector<float>{1, 2, 3});
  out.save(file.path());
  auto bytes = file.bytes();
  const std::size_t columns = 20 + 8 + 6 + 8 + 3 + 8;  // after head, name, type and rows
  REQUIRE(bytes[columns] == 3);
  for (const char wrong : {char{2}, char{4}, char{-1}}) {
    bytes[columns] = wrong;
    const auto sum = fg::crc32(std::string_view(bytes).substr(20, bytes.size() - 24));
    bytes.replace(bytes.size() - 4, 4, reinterpret_cast<const char*>(&sum), 4);
    file.write(bytes);
    CHECK_THAT(archive_said(file),
               Contains(": bytes of matrix: expected 1 x ") && Contains(", got 12"));
  }
}

TEST_CASE("texts without an end are refused") {
  const temporary_file file(".archive");
  fg::archive_writer out;
  out.put("names", std::string_view("ann\nbob"));
  out.save(file.path());
  CHECK_THROWS_WITH(fg::archive_reader(file.path()).texts("names"),
                    file.path() + ": texts of names: expected a line break at the end, got none");
}
