// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/cores.hpp>
#include <filigree/backend/cpu/thread_pool.hpp>
#include <filigree/core/index.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace filigree::detail {

/// `wanted` threads, or, for 0, as many as this process can use.
[[nodiscard]] inline int threads_for(int wanted) { return wanted > 0 ? wanted : default_threads(); }

/// A function to call for [0, n) in chunks of `grain` elements. It is not a template, so that
/// a kernel's loop is compiled only once, for one thread and several alike.
struct chunked_work {
  void (*call)(const void* work, offset first, offset last);
  const void* work;
  offset n, grain;

  [[nodiscard]] offset chunks() const { return (n + grain - 1) / grain; }
  void operator()(offset chunk) const {
    call(work, chunk * grain, std::min(n, (chunk + 1) * grain));
  }
};

/// Does the work, chunk by chunk, on at most `threads` threads, or on this one alone if the pool
/// is busy. If several chunks throw, the exception of the lowest-numbered one is rethrown.
inline void in_parallel(int threads, const chunked_work& work) {
  struct guarded {
    const chunked_work& work;
    std::mutex mutex{};
    std::exception_ptr thrown{};
    offset by = std::numeric_limits<offset>::max();

    void operator()(offset chunk) {
      try {
        work(chunk);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (chunk > by) return;
        by = chunk;
        thrown = std::current_exception();
      }
    }
  };
  const offset chunks = work.chunks();
  const int team = static_cast<int>(std::min<offset>(threads, chunks));
  if (team > 1 && chunks <= std::numeric_limits<std::uint32_t>::max()) {
    guarded all{work};
    const auto call = [](void* of, offset chunk) { (*static_cast<guarded*>(of))(chunk); };
    if (thread_pool::instance().run(team, static_cast<std::uint32_t>(chunks), call, &all)) {
      if (all.thrown) std::rethrow_exception(all.thrown);
      return;
    }
  }
  for (offset chunk = 0; chunk < chunks; ++chunk) work(chunk);
}

/// While one exists, Eigen, even if compiled with OpenMP, uses a single thread for calls from the
/// thread that created it.
class one_thread {
 public:
#ifdef _OPENMP
  one_thread() { omp_set_num_threads(1); }
  ~one_thread() { omp_set_num_threads(before_); }
#else
  one_thread() {}
#endif
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

 private:
#ifdef _OPENMP
  int before_ = omp_get_max_threads();
#endif
};

}  // namespace filigree::detail
