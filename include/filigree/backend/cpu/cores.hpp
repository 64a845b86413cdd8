// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#ifdef __linux__
#include <sched.h>
#endif

namespace filigree::detail {

/// The first line of a file without its line ending; empty if there is none.
[[nodiscard]] inline std::string first_line(const std::string& path) {
  std::string line;
  if (auto* const file = std::fopen(path.c_str(), "r")) {
    for (int c = std::fgetc(file); c != EOF && c != '\n'; c = std::fgetc(file))
      line += static_cast<char>(c);
    std::fclose(file);
  }
  return line;
}

/// The number of cores that the control groups of this process (cgroup v2) may use, rounded up: the
/// minimum `cpu.max` of its group, which the file `self` names, and of the groups above it, up to
/// `root`. 0 if there is no limit.
[[nodiscard]] inline int quota(const std::string& self = "/proc/self/cgroup",
                               const std::string& root = "/sys/fs/cgroup") {
  auto group = first_line(self);  // 0::/path
  group = group.starts_with("0::/") ? group.substr(3) : "/";
  int least = 0;
  for (;;) {
    long most = 0, period = 0;
    const auto limit = first_line(root + group + "/cpu.max");  // `max 100000`, or `150000 100000`
    if (std::sscanf(limit.c_str(), "%ld %ld", &most, &period) == 2 && most > 0 && period > 0) {
      const int cores = static_cast<int>((most + period - 1) / period);
      least = least ? std::min(least, cores) : cores;
    }
    if (group.size() < 2) return least;
    group.erase(std::max<std::size_t>(1, group.rfind('/')));
  }
}

/// The number of cores that this process may run on; at least 1.
[[nodiscard]] inline int allowed_cores() {
#ifdef __linux__
  for (int most = 1024; most <= 1 << 20; most *= 2) {  // the kernel rejects a set that is too small
    auto* const set = CPU_ALLOC(static_cast<std::size_t>(most));
    if (!set) break;
    const auto bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(most));
    const int cores = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (cores > 0) return cores;
  }
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// The number of threads given by an environment variable, or else the minimum of the quota, if
/// there is one, and the number of allowed cores.
[[nodiscard]] inline int threads_by(const char* told, int most, int cores) {
  const int n = told ? std::atoi(told) : 0;
  return n > 0 ? n : most > 0 ? std::min(most, cores) : cores;
}
/// The number of threads that this process can run in parallel: the minimum of the machine's cores,
/// the cores it may run on, and its quota; or OMP_NUM_THREADS, the usual variable, if it is set.
/// Determined once.
[[nodiscard]] inline int default_threads() {
  static const int threads = threads_by(std::getenv("OMP_NUM_THREADS"), quota(), allowed_cores());
  return threads;
}

}  // namespace filigree::detail
