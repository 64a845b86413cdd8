// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/cores.hpp>
#include <filigree/backend/cpu/thread_pool.hpp>
#include <filigree/core/index.hpp>

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

/// Calls work(piece) for each of `pieces`, on `team` threads, or on this one alone if the others
/// are busy. If several pieces throw, the exception of the first one is rethrown.
template <class Work>
void in_parallel(int team, offset pieces, const Work& work) {
  struct guarded {
    const Work& work;
    std::mutex mutex{};
    std::exception_ptr thrown{};
    offset by = std::numeric_limits<offset>::max();

    void operator()(offset piece) {
      try {
        work(piece);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (piece > by) return;
        by = piece;
        thrown = std::current_exception();
      }
    }
  };
  if (team > 1 && pieces <= std::numeric_limits<std::uint32_t>::max()) {
    guarded all{work};
    const auto call = [](void* of, offset piece) { (*static_cast<guarded*>(of))(piece); };
    if (thread_pool::instance().run(team, static_cast<std::uint32_t>(pieces), call, &all)) {
      if (all.thrown) std::rethrow_exception(all.thrown);
      return;
    }
  }
  for (offset piece = 0; piece < pieces; ++piece) work(piece);
}

/// While it exists, keeps Eigen, if it was compiled with OpenMP, from using multiple threads in the
/// calling thread.
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
