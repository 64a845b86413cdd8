// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <omp.h>

namespace filigree {

namespace detail {
/// Keeps Eigen from starting threads of its own in the calling thread, for as long as it lives.
/// OpenMP keeps this number for each task, so nobody else notices.
class one_thread {
 public:
  one_thread() { omp_set_num_threads(1); }
  ~one_thread() { omp_set_num_threads(before_); }
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

 private:
  int before_ = omp_get_max_threads();
};
}  // namespace detail

}  // namespace filigree
