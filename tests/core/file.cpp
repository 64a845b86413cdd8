// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include <filigree/core/file.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

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

TEST_CASE(
    "a file that is missing, a folder or unreadable is an error that names it and the reason") {
  CHECK_THROWS_WITH(
      fg::read_file("/nowhere/a.txt"),
      "/nowhere/a.txt: expected a readable file, got none: No such file or directory");
  CHECK_THROWS_AS(fg::read_file("/nowhere/a.txt"), fg::file_error);
  const auto folder = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_WITH(fg::read_file(folder),
                    folder + ": expected a readable file, got none: Is a directory");
  const std::string long_name(300, 'a');
  CHECK_THROWS_WITH(fg::read_file(long_name),
                    long_name + ": expected a readable file, got none: File name too long");
  CHECK_THROWS_WITH(fg::read_file("/proc/self/mem"),  // address 0 is nobody's
                    "/proc/self/mem: cannot be read: Input/output error");
}

#ifdef __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) false
#endif
#if !defined(__SANITIZE_ADDRESS__) && !HAS_FEATURE(address_sanitizer)
TEST_CASE("a file larger than memory is an error of memory") {
  const temporary_file file(".bin", "x");
  std::filesystem::resize_file(file.path(), std::uintmax_t{1} << 42);  // a hole
  std::string said;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  auto less = before;
  less.rlim_cur = rlim_t{1} << 41;
  REQUIRE(::setrlimit(RLIMIT_AS, &less) == 0);
  try {
    (void)fg::read_file(file.path());
  } catch (const fg::memory_error& e) {
    said = e.what();
  }
  ::setrlimit(RLIMIT_AS, &before);
  CHECK(said == "memory: expected 4194304 MiB, got none");
}
#endif  // a sanitizer ends the program instead
#undef HAS_FEATURE

TEST_CASE("a pipe is read to its end, and - is standard input") {
  const temporary_file pipe(".pipe");
  REQUIRE(::mkfifo(pipe.path().c_str(), 0600) == 0);
  const auto text = std::string(100000, 'x') + '\n';
  std::thread writer([&] { fg::write_file(pipe.path(), text); });
  CHECK(fg::read_file(pipe.path()) == text);
  writer.join();

  const temporary_file file(".txt", "0 2 5\n");
  const int before = ::dup(STDIN_FILENO);
  REQUIRE(std::freopen(file.path().c_str(), "r", stdin));
  CHECK(fg::read_file("-") == "0 2 5\n");
  ::close(STDIN_FILENO);
  CHECK_THROWS_WITH(fg::read_file("-"),
                    "standard input: expected a readable file, got none: Bad file descriptor");
  ::dup2(before, STDIN_FILENO);
  ::close(before);
}
