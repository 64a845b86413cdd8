// SPDX-License-Identifier: Apache-2.0
// Where a program runs: it is compiled for the CPU and, where there is nvcc, once more for a GPU.
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
/// How many threads it has; 0: that says nothing of it.
inline int threads_of(const fg::cpu& on) { return on.thread_count(); }
#endif
