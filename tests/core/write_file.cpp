// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_file.hpp"
#include "temporary_folder.hpp"
#include <filigree/core/file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <grp.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fg = filigree;

namespace {
/// What `fsync` was asked for: this file's stands before the system's.
struct flushes {
  static inline int files = 0, folders = 0, folder_error = 0;
};

mode_t mode_of(const std::string& path) {
  struct stat about {};
  REQUIRE(::lstat(path.c_str(), &about) == 0);
  return about.st_mode & 07777;
}
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    out.push_back(entry.path().filename().string());
  return out;
}
}  // namespace

extern "C" int fsync(int file) {
  struct stat about {};
  if (::fstat(file, &about) == 0 && S_ISDIR(about.st_mode)) {
    ++flushes::folders;
    if (flushes::folder_error) return errno = flushes::folder_error, -1;
  } else {
    ++flushes::files;
  }
  return static_cast<int>(::syscall(SYS_fsync, file));
}

TEST_CASE("a write that fails leaves the old file and nothing beside it, and says why") {
  CHECK_THROWS_WITH(fg::write_file("/nowhere/a.txt", "x"),
                    "/nowhere/a.txt: cannot be written: No such file or directory");
  CHECK_THROWS_WITH(fg::write_file("", "x"), ": cannot be written: No such file or directory");
  const temporary_folder folder;
  CHECK_THROWS_WITH(fg::write_file(folder.path(), "x"),
                    folder.path() + ": cannot be written: Is a directory");
  const auto below = folder.path() + "/a";
  folder.write("a", "old");
  CHECK_THROWS_WITH(fg::write_file(below + "/b", "x"),
                    below + "/b: cannot be written: Not a directory");
  const auto long_name = folder.path() + '/' + std::string(300, 'a');
  CHECK_THROWS_WITH(fg::write_file(long_name, "x"),
                    long_name + ": cannot be written: File name too long");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"a"});
  CHECK(fg::read_file(below) == "old");
}

TEST_CASE("whether a file can be written is known before") {
  const temporary_file file(".txt", "old");
  fg::expect_writable(file.path());
  CHECK(file.bytes() == "old");
  fg::expect_writable("a.txt");
  for (const auto* through : {"-", "/dev/stdout", "/dev/null", "/dev/full"})
    fg::expect_writable(through);
  CHECK_THROWS_WITH(fg::expect_writable("/nowhere/a.txt"),
                    "/nowhere/a.txt: cannot be written: No such file or directory");
  const auto folder = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_WITH(fg::expect_writable(folder), folder + ": cannot be written: Is a directory");
  const auto only_read = "/dev/fd/" + std::to_string(::open(file.path().c_str(), O_RDONLY));
  CHECK_THROWS_WITH(fg::expect_writable(only_read),
                    only_read + ": cannot be written: Bad file descriptor");
  CHECK_THROWS_WITH(fg::write_file(only_read, "x"),
                    only_read + ": cannot be written: Bad file descriptor");
  CHECK(file.bytes() == "old");
}

TEST_CASE("a folder without the right to write is known before") {
  if (::geteuid() == 0) return;  // root may write everywhere
  const temporary_folder folder;
  folder.write("a", "old");
  ::chmod(folder.path().c_str(), 0500);
  const auto said = folder.path() + "/a: cannot be written: Permission denied";
  CHECK_THROWS_WITH(fg::expect_writable(folder.path() + "/a"), said);
  CHECK_THROWS_WITH(fg::write_file(folder.path() + "/a", "x"), said);
  ::chmod(folder.path().c_str(), 0700);
}

TEST_CASE("a write replaces the file as a whole: whoever has it open sees the old bytes") {
  const temporary_file file(".txt", "the old text, which is longer");
  std::ifstream open(file.path());
  fg::write_file(file.path(), "new");
  CHECK(file.bytes() == "new");
  CHECK(std::string(std::istreambuf_iterator<char>(open), {}) == "the old text, which is longer");
}

TEST_CASE("the folder is flushed after the file, so that the new name outlives a power cut") {
  const temporary_file file(".txt");
  flushes::files = flushes::folders = 0;
  fg::write_file(file.path(), "new");
  CHECK(flushes::files == 1);
  CHECK(flushes::folders == 1);
  flushes::folder_error = EINVAL;  // of file systems that know no such thing
  fg::write_file(file.path(), "newer");
  flushes::folder_error = EIO;
  CHECK_THROWS_WITH(fg::write_file(file.path(), "newest"),
                    file.path() + ": cannot be written: Input/output error");
  flushes::folder_error = 0;
}

TEST_CASE("the mode of a file is kept, and a new one gets the usual mode") {
  const temporary_file file(".txt");
  const auto usual = ::umask(0027);
  fg::write_file(file.path(), "x");
  CHECK(mode_of(file.path()) == 0640);
  for (const mode_t mode : {0600u, 0444u, 0666u, 0755u}) {
    ::chmod(file.path().c_str(), mode);
    fg::write_file(file.path(), "y");
    CHECK(mode_of(file.path()) == mode);
  }
  ::umask(usual);
  if (::geteuid() != 0) return;  // only root may give files away
  REQUIRE(::chown(file.path().c_str(), 12345, 54321) == 0);
  fg::write_file(file.path(), "z");
  struct stat about {};
  REQUIRE(::stat(file.path().c_str(), &about) == 0);
  CHECK(about.st_uid == 12345);
  CHECK(about.st_gid == 54321);
}

namespace {
/// This process as another user, without groups beside `group`, while it lasts.
class other_user {
 public:
  explicit other_user(gid_t group) : groups_(static_cast<std::size_t>(::getgroups(0, nullptr))) {
    REQUIRE(::getgroups(static_cast<int>(groups_.size()), groups_.data()) >= 0);
    is_other_ = ::setgroups(0, nullptr) == 0 && ::setegid(group) == 0 && ::seteuid(nobody) == 0;
  }
  ~other_user() {
    if (::seteuid(0) != 0 || ::setegid(0) != 0 || ::setgroups(groups_.size(), groups_.data()) != 0)
      std::abort();
  }
  other_user(const other_user&) = delete;
  other_user& operator=(const other_user&) = delete;
  [[nodiscard]] bool is_other() const { return is_other_; }
  static constexpr uid_t nobody = 65534;

 private:
  std::vector<gid_t> groups_;
  bool is_other_;
};
}  // namespace

TEST_CASE("of a file that is another user's the owner is given up, and what only owners may") {
  if (::geteuid() != 0) {
    WARN("skipped: expected root, who has files of two users, got another user");
    return;
  }
  const temporary_folder folder;
  folder.write("a", "old");
  const auto path = folder.path() + "/a";
  ::chmod(folder.path().c_str(), 0777);
  const auto write_as = [&](gid_t group) {
    REQUIRE(::chown(path.c_str(), 0, 0) == 0);
    ::chmod(path.c_str(), 04666);
    const other_user who(group);
    if (who.is_other()) fg::write_file(path, "new");
    return who.is_other();
  };
  if (write_as(0))
    CHECK(mode_of(path) == 0666);  // the group is one of this process's
  else
    WARN("skipped: expected the right to be another user, got none");
  if (write_as(other_user::nobody)) CHECK(mode_of(path) == 0606);
}

TEST_CASE("a symbolic link stays, and the file that it names is replaced or made") {
  const temporary_folder folder;
  std::filesystem::create_directory(folder.path() + "/below");
  folder.write("below/real", "old");
  std::filesystem::create_symlink("below/real", folder.path() + "/near");
  std::filesystem::create_symlink(folder.path() + "/near", folder.path() + "/far");
  fg::write_file(folder.path() + "/far", "new");
  CHECK(std::filesystem::is_symlink(folder.path() + "/far"));
  CHECK(std::filesystem::is_symlink(folder.path() + "/near"));
  CHECK(std::filesystem::is_regular_file(
      std::filesystem::symlink_status(folder.path() + "/below/real")));
  CHECK(fg::read_file(folder.path() + "/below/real") == "new");

  std::filesystem::create_symlink("below/not yet", folder.path() + "/ahead");
  fg::expect_writable(folder.path() + "/ahead");
  fg::write_file(folder.path() + "/ahead", "made");
  CHECK(std::filesystem::is_symlink(folder.path() + "/ahead"));
  CHECK(fg::read_file(folder.path() + "/below/not yet") == "made");

  const auto circle = folder.path() + "/circle";
  std::filesystem::create_symlink("circle", circle);
  CHECK_THROWS_WITH(fg::write_file(circle, "x"),
                    circle + ": cannot be written: Too many levels of symbolic links");
}

TEST_CASE("what killed runs left is removed; what is being written, and all else, stays") {
  const temporary_folder folder;
  for (const auto* name : {"m.partial.12.1", "m.partial.12.345.678", "m.partial.notes",
                           "m.partial.", "other.partial.12.1"})
    folder.write(name, "left");
  folder.write("m.partial.99.1", "being written");
  const int alive = ::open((folder.path() + "/m.partial.99.1").c_str(), O_RDWR);
  REQUIRE(::flock(alive, LOCK_EX) == 0);
  std::filesystem::create_directory(folder.path() + "/m.partial.77");
  fg::write_file(folder.path() + "/m", "new");
  auto left = names_in(folder.path());
  std::sort(left.begin(), left.end());
  CHECK(left == std::vector<std::string>{"m", "m.partial.", "m.partial.77", "m.partial.99.1",
                                         "m.partial.notes", "other.partial.12.1"});
  ::close(alive);
}

TEST_CASE("threads that write one file leave one of their texts and nothing beside it") {
  const temporary_folder folder;
  const auto path = folder.path() + '/' + std::string(250, 'n');  // as long as names may be, nearly
  std::vector<std::thread> threads;
  for (char c = 'a'; c < 'e'; ++c)
    threads.emplace_back([&, c] {
      for (int k = 0; k < 50; ++k) fg::write_file(path, std::string(5000, c));
    });
  for (auto& t : threads) t.join();
  const auto text = fg::read_file(path);
  CHECK(text == std::string(5000, text[0]));
  CHECK(names_in(folder.path()).size() == 1);
}

TEST_CASE("a device is written through, and stays one; its errors are said") {
  fg::write_file("/dev/null", "x");
  CHECK(std::filesystem::is_character_file("/dev/null"));
  CHECK_THROWS_WITH(fg::write_file("/dev/full", "x"),
                    "/dev/full: cannot be written: No space left on device");
  CHECK(std::filesystem::is_character_file("/dev/full"));
}

TEST_CASE(
    "standard output as - and /dev/stdout is what this process prints to, after what was printed") {
  CHECK(fg::is_standard_output("-"));
  CHECK(fg::is_standard_output("/dev/stdout"));
  CHECK(fg::is_standard_output("/dev/fd/1"));
  CHECK_FALSE(fg::is_standard_output("/dev/stderr"));
  CHECK_FALSE(fg::is_standard_output("/dev/null"));
  const temporary_file file(".txt", "");
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  const int other = ::open(file.path().c_str(), O_WRONLY | O_TRUNC);
  ::dup2(other, STDOUT_FILENO);
  std::printf("printed ");
  fg::write_file("-", "one ");
  fg::write_file("/dev/stdout", "two ");
  fg::write_file("/dev/fd/" + std::to_string(other), "three");
  std::printf(" printed");
  std::fflush(stdout);
  const int full = ::open("/dev/full", O_WRONLY);
  ::dup2(full, STDOUT_FILENO);
  CHECK_THROWS_WITH(fg::write_file("-", "x"),
                    "standard output: cannot be written: No space left on device");
  std::printf("lost");
  CHECK_THROWS_WITH(fg::write_file("-", "x"),
                    "standard output: cannot be written: No space left on device");
  ::close(STDOUT_FILENO);
  CHECK_THROWS_WITH(fg::expect_writable("-"),
                    "standard output: cannot be written: Bad file descriptor");
  std::clearerr(stdout);
  ::dup2(before, STDOUT_FILENO);
  for (const int f : {before, other, full}) ::close(f);
  CHECK(file.bytes() == "printed one two three printed");
}
