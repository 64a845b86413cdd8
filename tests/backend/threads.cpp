// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "temporary_folder.hpp"
#include <filigree/backend/cpu.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sched.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fg = filigree;

namespace {
/// How often each of 1000 pieces was worked on.
std::vector<int> visits(const fg::cpu& on) {
  std::vector<int> seen(1000);
  on.in_chunks(1000, 1,
               [&](fg::offset first, fg::offset) { ++seen[static_cast<std::size_t>(first)]; });
  return seen;
}
const std::vector<int> once(1000, 1);

/// What a child process returns.
template <class Work>
int in_child(const Work& work) {
  const auto child = fork();
  if (child == 0) _exit(work());
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}
}  // namespace

TEST_CASE("cpu uses as many threads as it is told, or as the process can use") {
  CHECK(fg::cpu{.threads = 3}.thread_count() == 3);
  CHECK(fg::cpu{}.thread_count() >= 1);
  CHECK(fg::detail::threads_by(nullptr, 0, 8) == 8);
  CHECK(fg::detail::threads_by(nullptr, 2, 8) == 2);
  CHECK(fg::detail::threads_by(nullptr, 8, 2) == 2);
  CHECK(fg::detail::threads_by("5", 2, 8) == 5);
  CHECK(fg::detail::threads_by("none", 2, 8) == 2);
}

TEST_CASE("threads are no more than the cores that the process may run on") {
  CHECK(in_child([] {
          cpu_set_t one;
          CPU_ZERO(&one);
          cpu_set_t now;
          if (sched_getaffinity(0, sizeof now, &now) != 0) return 90;
          int core = 0;
          while (!CPU_ISSET(core, &now)) ++core;
          CPU_SET(core, &one);
          if (sched_setaffinity(0, sizeof one, &one) != 0) return 91;
          return fg::detail::allowed_cores();
        }) == 1);
}

TEST_CASE("threads are no more than the quota of the process's group and of those above it") {
  const temporary_folder folder;
  const auto root = folder.path() + "/cgroup", self = folder.path() + "/self";
  std::filesystem::create_directories(root + "/above/own");
  const auto write = [](const std::string& path, const char* text) { std::ofstream(path) << text; };
  CHECK(fg::detail::quota(self, root) == 0);  // no file at all
  write(self, "0::/above/own\n");
  CHECK(fg::detail::quota(self, root) == 0);
  write(root + "/above/own/cpu.max", "max 100000\n");
  CHECK(fg::detail::quota(self, root) == 0);
  write(root + "/above/own/cpu.max", "350000 100000\n");
  CHECK(fg::detail::quota(self, root) == 4);
  write(root + "/above/cpu.max", "200000 100000\n");
  CHECK(fg::detail::quota(self, root) == 2);
  write(root + "/cpu.max", "50000 100000\n");
  CHECK(fg::detail::quota(self, root) == 1);
  write(self, "0::/\n");
  CHECK(fg::detail::quota(self, root) == 1);
  write(self, "9:name=systemd:/above\n");  // cgroup v1
  write(root + "/cpu.max", "what?\n");
  CHECK(fg::detail::quota(self, root) == 0);
}

TEST_CASE("each piece is worked on once, by any team, again and again") {
  for (int run = 0; run < 200; ++run)
    for (const int threads : {1, 2, 3, 8}) REQUIRE(visits(fg::cpu{.threads = threads}) == once);
}

TEST_CASE("no more threads work at a time than a team has") {
  std::atomic<int> inside{0}, most{0};
  visits(fg::cpu{.threads = 8});  // eight are there
  fg::cpu{.threads = 2}.in_chunks(400, 1, [&](fg::offset, fg::offset) {
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --inside;
  });
  CHECK(most <= 2);
}

TEST_CASE("threads of a program work beside each other, and a piece may begin work of its own") {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int k = 0; k < 3; ++k)
    threads.emplace_back([&] {
      for (int run = 0; run < 100; ++run) right += visits(fg::cpu{.threads = 3}) == once;
    });
  for (auto& t : threads) t.join();
  CHECK(right == 300);
  std::atomic<int> nested{0};
  fg::cpu{.threads = 3}.in_chunks(
      6, 1, [&](fg::offset, fg::offset) { nested += visits(fg::cpu{.threads = 3}) == once; });
  CHECK(nested == 6);
}

TEST_CASE("a child process works, where its parent had threads") {
  REQUIRE(visits(fg::cpu{.threads = 3}) == once);
  CHECK(in_child([] { return visits(fg::cpu{.threads = 3}) == once ? 0 : 1; }) == 0);
  CHECK(visits(fg::cpu{.threads = 3}) == once);
}
