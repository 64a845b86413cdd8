// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu/context.cuh>
#include <filigree/core/finite.hpp>
#include <filigree/core/function.hpp>

#include <algorithm>
#include <cub/block/block_reduce.cuh>

namespace filigree::detail {

/// Four concurrent blocks leave 64 registers per thread; without this bound, ptxas would rather
/// spill.
inline constexpr int block_threads = 256, warp_threads = 32, min_blocks = 4;
inline constexpr int block_warps = block_threads / warp_threads;

/// The lanes of a warp, which share a row: see kernels::one_lane.
struct warp_lanes {
  [[nodiscard]] FILIGREE_FN static offset rank() {
#ifdef __CUDA_ARCH__
    return threadIdx.x % warp_threads;
#else
    return 0;
#endif
  }
  [[nodiscard]] FILIGREE_FN static constexpr offset size() { return warp_threads; }
  template <class T>
  [[nodiscard]] FILIGREE_FN T sum(T x) const {
#ifdef __CUDA_ARCH__
    for (int step = warp_threads / 2; step; step /= 2) x += __shfl_xor_sync(~0u, x, step);
#endif
    return x;
  }
  template <class T>
  [[nodiscard]] FILIGREE_FN T max(T x) const {
#ifdef __CUDA_ARCH__
    for (int step = warp_threads / 2; step; step /= 2) {
      const T other = __shfl_xor_sync(~0u, x, step);
      x = other > x || is_nan(x) ? other : x;
    }
#endif
    return x;
  }
  [[nodiscard]] FILIGREE_FN bool any(bool x) const {
#ifdef __CUDA_ARCH__
    return __any_sync(~0u, x);
#else
    return x;
#endif
  }
  template <class T>
  [[nodiscard]] FILIGREE_FN T from(offset rank, T x) const {
#ifdef __CUDA_ARCH__
    return __shfl_sync(~0u, x, static_cast<int>(rank));
#else
    (void)rank;
    return x;
#endif
  }
  FILIGREE_FN void sync() const {
#ifdef __CUDA_ARCH__
    __syncwarp();
#endif
  }
};

/// Whether a kernel or a term works on rows that lanes can share.
template <class Kernel>
concept works_on_rows = requires(const Kernel& k, offset i) {
  k(i, warp_lanes{});
};

/// kernel(i) for i < n: one thread per element.
template <class Kernel>
__global__ void __launch_bounds__(block_threads, min_blocks)
    run_elements(const offset n, const __grid_constant__ Kernel kernel) {
  const offset step = offset{gridDim.x} * blockDim.x;
  for (offset i = offset{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += step) kernel(i);
}

/// kernel(r, lanes) for r < n: one warp per row.
template <class Kernel>
__global__ void __launch_bounds__(block_threads, min_blocks)
    run_rows(const offset n, const __grid_constant__ Kernel kernel) {
  const offset step = offset{gridDim.x} * block_warps;
  for (offset r = offset{blockIdx.x} * block_warps + threadIdx.x / warp_threads; r < n; r += step)
    kernel(r, warp_lanes{});
}

/// *out = by * the sum of term(i). The assignment of terms to blocks depends only on n, and the
/// last block to finish adds up the sums of the blocks in order, so the bits are the same in every
/// run.
template <class Term, class T>
__global__ void __launch_bounds__(block_threads, min_blocks)
    run_sum(const offset n, const __grid_constant__ Term term, const double by, double* partial,
            unsigned* done, T* out) {
  using block_sum = cub::BlockReduce<double, block_threads>;
  __shared__ typename block_sum::TempStorage room;
  __shared__ bool last;
  constexpr offset per_item = works_on_rows<Term> ? warp_threads : 1;
  const offset step = offset{gridDim.x} * block_threads / per_item;
  double sum = 0;
  for (offset i = (offset{blockIdx.x} * block_threads + threadIdx.x) / per_item; i < n; i += step) {
    if constexpr (works_on_rows<Term>) {
      const auto value = static_cast<double>(term(i, warp_lanes{}));
      if (warp_lanes::rank() == 0) sum += value;
    } else {
      sum += static_cast<double>(term(i));
    }
  }
  sum = block_sum(room).Sum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;
    __threadfence();
    last = atomicInc(done, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (!last) return;
  __threadfence();
  double total = 0;
  for (unsigned b = threadIdx.x; b < gridDim.x; b += block_threads)
    total += static_cast<volatile double*>(partial)[b];
  total = block_sum(room).Sum(total);
  if (threadIdx.x == 0) *out = static_cast<T>(by * total);
}

/// data[i] = value
template <class T>
struct fill_element {
  T* data;
  T value;
  FILIGREE_FN void operator()(offset i) const { data[i] = value; }
};

/// Launches a kernel of ours with the given number of blocks in the stream of a context, and counts
/// the launch.
template <class... Parameters, class... Arguments>
void launch(gpu_context& context, void (*kernel)(Parameters...), offset blocks,
            const Arguments&... arguments) {
  kernel<<<static_cast<unsigned>(blocks), block_threads, 0, context.stream()>>>(arguments...);
  check(cudaGetLastError(), "kernel launch");
  ++context.launches;
}

/// The number of blocks needed for n items at `each` items per block, up to the maximum grid size;
/// kernels loop beyond that.
[[nodiscard]] inline offset blocks_for(offset n, offset each) {
  return std::min((n + each - 1) / each, offset{1} << 24);
}

}  // namespace filigree::detail
