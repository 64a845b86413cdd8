// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <exception>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace filigree {

/// All that the library asks of OpenMP. Without it each loop runs in the calling thread.
namespace detail {
/// As many threads as `wanted`, or for 0 as many as OpenMP offers; without OpenMP always 1.
[[nodiscard]] inline int threads_for([[maybe_unused]] int wanted) {
#ifdef _OPENMP
  return wanted > 0 ? wanted : omp_get_max_threads();
#else
  return 1;
#endif
}

/// work(piece) for each of `pieces`, on `team` threads. Of pieces that throw, the first one's
/// exception arrives here.
template <class Work>
void in_parallel([[maybe_unused]] int team, offset pieces, const Work& work) {
#ifdef _OPENMP
  if (team > 1) {
    std::exception_ptr thrown;
    offset by = pieces;
#pragma omp parallel for num_threads(team) schedule(dynamic, 1)
    for (offset piece = 0; piece < pieces; ++piece) {
      try {
        work(piece);
      } catch (...) {
#pragma omp critical(filigree_thrown)
        if (piece < by) {
          by = piece;
          thrown = std::current_exception();
        }
      }
    }
    if (thrown) std::rethrow_exception(thrown);
    return;
  }
#endif
  for (offset piece = 0; piece < pieces; ++piece) work(piece);
}

/// Keeps Eigen from starting threads of its own in the calling thread, for as long as it lives.
/// OpenMP keeps this number for each task, so nobody else notices.
class one_thread {
 public:
  one_thread() { offer(1); }
  ~one_thread() { offer(before_); }
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

 private:
  static void offer([[maybe_unused]] int threads) {
#ifdef _OPENMP
    omp_set_num_threads(threads);
#endif
  }

  int before_ = threads_for(0);
};
}  // namespace detail

}  // namespace filigree
