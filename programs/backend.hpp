// SPDX-License-Identifier: Apache-2.0
// Where a program runs: it is compiled for the CPU and, if nvcc is available, again for the GPU.
#pragma once
#include <filigree/filigree.hpp>
#ifdef __CUDACC__
#include <filigree/cuda.cuh>
#endif

namespace fg = filigree;

#ifdef __CUDACC__
inline fg::gpu backend_of(int /*threads*/) { return fg::gpu(); }
inline int threads_of(const fg::gpu&) { return 0; }
#else
inline fg::cpu backend_of(int threads) { return fg::cpu{threads}; }
/// The number of threads; 0: not applicable.
inline int threads_of(const fg::cpu& on) { return on.thread_count(); }
#endif
