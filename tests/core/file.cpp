// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include <filigree/core/file.hpp>

#include <array>
#include <filesystem>

namespace fg = filigree;

TEST_CASE("CRC-32 agrees with the published check value and continues where it stopped") {
  CHECK(fg::crc32("") == 0);
  CHECK(fg::crc32("123456789") == 0xcbf43926u);
  CHECK(fg::crc32("6789", fg::crc32("12345")) == 0xcbf43926u);
  CHECK(fg::crc32(std::string(1, '\xff')) == 0xff000000u);
}

TEST_CASE("a file is read byte by byte as it was written") {
  const std::string bytes("a\r\n\0\xff z", 7);
  const temporary_file file(".bin");
  fg::write_file(file.path(), bytes);
  CHECK(fg::read_file(file.path()) == bytes);
  fg::write_file(file.path(), std::string_view{});
  CHECK(fg::read_file(file.path()).empty());
  const std::array<std::string_view, 3> parts{"one", "", "two"};
  fg::write_file(file.path(), parts);
  CHECK(fg::read_file(file.path()) == "onetwo");
}

TEST_CASE("a file that is missing or a folder is an error that names it") {
  CHECK_THROWS_WITH(fg::read_file("/nowhere/a.txt"),
                    "/nowhere/a.txt: expected a readable file, got none");
  CHECK_THROWS_AS(fg::read_file("/nowhere/a.txt"), fg::file_error);
  const auto folder = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_WITH(fg::read_file(folder), folder + ": expected a readable file, got none");
}

TEST_CASE("a write that fails leaves the old file and nothing beside it") {
  CHECK_THROWS_WITH(fg::write_file("/nowhere/a.txt", "x"), "/nowhere/a.txt: cannot be written");
  // A folder cannot be replaced by a file.
  const temporary_file file("");
  std::filesystem::create_directory(file.path());
  std::filesystem::create_directory(file.path() + "/inside");
  CHECK_THROWS_WITH(fg::write_file(file.path(), "x"), file.path() + ": cannot be written");
  CHECK(std::filesystem::is_directory(file.path() + "/inside"));
  const auto folder = std::filesystem::path(file.path()).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    CHECK(entry.path().string().find(file.path() + ".partial") == std::string::npos);
  std::filesystem::remove_all(file.path());
}

TEST_CASE("whether a file can be written is known before") {
  const temporary_file file(".txt", "old");
  fg::expect_writable(file.path());
  CHECK(file.bytes() == "old");
  fg::expect_writable("a.txt");
  CHECK_THROWS_WITH(fg::expect_writable("/nowhere/a.txt"), "/nowhere/a.txt: cannot be written");
  const auto folder = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_WITH(fg::expect_writable(folder), folder + ": cannot be written");
}

TEST_CASE("a write replaces the file as a whole") {
  const temporary_file file(".txt", "the old text, which is longer");
  fg::write_file(file.path(), "new");
  CHECK(file.bytes() == "new");
}
