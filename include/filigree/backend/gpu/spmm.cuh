// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/spmm.hpp>
#include <filigree/backend/gpu/backend.cuh>

#include <cstdint>
#include <type_traits>

namespace filigree {

namespace detail {

/// N consecutive elements of a row, loaded at once.
template <class T, int N>
struct alignas(N * sizeof(T)) pack {
  T at[N];
};

/// Computes y, one warp per row. The lanes first list 32 entries of the row, omitting those that
/// are absent; then groups of P lanes process the listed entries in turn, each lane with N columns
/// of a tile of N * P, and the sums of the groups are added in a fixed order.
template <class T, class In, class Out, int N, int P>
__global__ void __launch_bounds__(block_threads)
    run_spmm(const __grid_constant__ kernels::spmm_row<T, In, Out> k) {
  __shared__ index listed[block_warps][warp_threads];
  __shared__ T weight[block_warps][warp_threads];
  const int lane = threadIdx.x % warp_threads, warp = threadIdx.x / warp_threads;
  for (offset i = offset{blockIdx.x} * block_warps + warp; i < k.y.rows;
       i += offset{gridDim.x} * block_warps) {
    const offset r = k.rows ? k.rows[i] : i;
    const offset first = r < 0 ? 0 : k.a.row_begin[r], last = r < 0 ? 0 : k.a.row_begin[r + 1];
    for (offset tile = 0; tile < k.y.cols; tile += N * P) {
      const offset at = tile + (lane % P) * N;
      const bool inside = at < k.y.cols;
      pack<T, N> sum{};
      for (offset begin = first; begin < last; begin += warp_threads) {
        const offset e = begin + lane;
        offset c = e < last ? k.a.neighbor[e] : -1;
        if (c >= 0 && k.slot) c = k.slot[c];
        const unsigned present = __ballot_sync(~0u, c >= 0);
        if (c >= 0) {
          const int place = __popc(present & ((1u << lane) - 1));
          listed[warp][place] = static_cast<index>(c);
          weight[warp][place] = k.weight ? k.scale * k.weight[k.a.edge_of(e)] : k.scale;
        }
        __syncwarp();
        const int count = __popc(present);
        if (inside) {
#pragma unroll 4
          for (int n = lane / P; n < count; n += warp_threads / P) {
            const auto x = *reinterpret_cast<const pack<In, N>*>(k.x.row(listed[warp][n]) + at);
            const T w = weight[warp][n];
            for (int j = 0; j < N; ++j) sum.at[j] += w * static_cast<T>(x.at[j]);
          }
        }
        __syncwarp();
      }
      for (int step = P; step < warp_threads; step *= 2)
        for (int j = 0; j < N; ++j) sum.at[j] += __shfl_xor_sync(~0u, sum.at[j], step);
      if (!inside || lane >= P) continue;
      auto& out = *reinterpret_cast<pack<Out, N>*>(k.y.row(i) + at);
      for (int j = 0; j < N; ++j)
        out.at[j] = static_cast<Out>(k.add ? static_cast<T>(out.at[j]) + sum.at[j] : sum.at[j]);
    }
  }
}

/// Computes the scores of the edges of one row per warp; groups of P lanes process entries in turn.
template <class T, int N, int P>
__global__ void __launch_bounds__(block_threads, min_blocks)
    run_sddmm(const __grid_constant__ kernels::sddmm_row<T> k) {
  constexpr int groups = warp_threads / P;
  const int lane = threadIdx.x % warp_threads, warp = threadIdx.x / warp_threads;
  for (offset i = offset{blockIdx.x} * block_warps + warp; i < k.a.rows;
       i += offset{gridDim.x} * block_warps) {
    const offset r = k.rows ? k.rows[i] : i;
    if (r < 0) continue;
    const offset last = k.pattern.row_begin[r + 1];
    for (offset begin = k.pattern.row_begin[r]; begin < last; begin += groups) {
      const offset e = begin + lane / P;
      T sum = 0;
      if (e < last)
        for (offset at = (lane % P) * N; at < k.a.cols; at += N * P) {
          const auto a = *reinterpret_cast<const pack<T, N>*>(k.a.row(i) + at);
          const auto b = *reinterpret_cast<const pack<T, N>*>(k.b.row(k.pattern.neighbor[e]) + at);
          for (int j = 0; j < N; ++j) sum += a.at[j] * b.at[j];
        }
      for (int step = P / 2; step; step /= 2) sum += __shfl_xor_sync(~0u, sum, step);
      if (e >= last || lane % P) continue;
      T& out = k.weight[k.pattern.edge_of(e)];
      out = k.add ? out + sum : sum;
    }
  }
}

/// Calls go(N, P) with the number of columns that a lane loads at once, as alignment allows, and
/// the number of lanes that cover a row of that width.
template <class T, class Go>
void with_lanes(offset cols, const void* a, const void* b, const Go& go) {
  constexpr int wide = 16 / static_cast<int>(sizeof(T));
  const auto aligned = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p) % 16 == 0; };
  const auto lanes = [&]<int N>(std::integral_constant<int, N> n) {
    if (cols <= 8 * N)
      go(n, std::integral_constant<int, 8>{});
    else if (cols <= 16 * N)
      go(n, std::integral_constant<int, 16>{});
    else
      go(n, std::integral_constant<int, 32>{});
  };
  if (cols % wide == 0 && aligned(a) && aligned(b))
    lanes(std::integral_constant<int, wide>{});
  else
    lanes(std::integral_constant<int, 1>{});
}

/// The same by cuSPARSE, whose values are in the order of the entries.
template <class T>
void spmm_by_plan(const gpu& on, const kernels::spmm_row<T>& k) {
  auto& plan = *static_cast<cusparse_plan*>(k.a.plan);
  const T* values = k.weight;
  auto in_order = on.allocate<T>(values && !k.a.edge ? 0 : k.a.entries);
  if (!values)
    on.fill(in_order.data(), k.a.entries, T(1));
  else if (k.a.edge)
    on.for_each(k.a.entries, kernels::gather<T, offset>{k.a.edge, values, in_order.data()});
  plan.spmm(on.context(), k.a, in_order.size() ? in_order.data() : values, k.scale, k.x, k.add,
            k.y);
}

}  // namespace detail

/// Sparse times dense: uses cuSPARSE if the graph has a plan for it, and our own kernel for
/// selected rows or columns, for patterns without a plan and for sizes beyond 32 bits.
template <class T, class In, class Out>
void spmm_into(const gpu& on, const kernels::spmm_row<T, In, Out>& k) {
  if (k.y.size() == 0) return;
  constexpr bool alike = std::is_same_v<T, In> && std::is_same_v<T, Out>;
  if constexpr (!alike && sizeof(T) > 4) {
    on.for_each(k.y.rows, k);  // the kernel below would spill registers
  } else if (!alike || k.rows || k.slot || !detail::cusparse_plan::takes(k.a, k.y.cols)) {
    detail::with_lanes<T>(
        k.y.cols, k.x.data, k.y.data,
        [&]<int N, int P>(std::integral_constant<int, N>, std::integral_constant<int, P>) {
          detail::launch(*on.context(), &detail::run_spmm<T, In, Out, N, P>,
                         detail::blocks_for(k.y.rows, detail::block_warps), k);
        });
  } else if constexpr (alike) {
    detail::spmm_by_plan(on, k);
  }
}

/// Sampled dense times dense: uses cuSPARSE if the graph has a plan and the edges are in order,
/// otherwise our own kernel.
template <class T>
void sddmm_into(const gpu& on, const kernels::sddmm_row<T>& k) {
  if (k.a.rows == 0 || k.pattern.entries == 0) return;
  if (!k.rows && !k.pattern.edge && detail::cusparse_plan::takes(k.pattern, k.a.cols)) {
    static_cast<detail::cusparse_plan*>(k.pattern.plan)
        ->sddmm(on.context(), k.pattern, k.a, k.b, k.add, k.weight);
    return;
  }
  detail::with_lanes<T>(
      k.a.cols, k.a.data, k.b.data,
      [&]<int N, int P>(std::integral_constant<int, N>, std::integral_constant<int, P>) {
        detail::launch(*on.context(), &detail::run_sddmm<T, N, P>,
                       detail::blocks_for(k.a.rows, detail::block_warps), k);
      });
}

}  // namespace filigree
