// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/simd.hpp>
#include <filigree/backend/generic/spmm.hpp>

#include <algorithm>
#include <type_traits>

namespace filigree {

namespace detail {

inline namespace FILIGREE_VECTORS {

/// How far ahead rows are prefetched into the second-level cache: enough to cover the memory
/// latency.
inline constexpr offset prefetch_distance = 64;

/// Whether rows of S are read as registers of T.
template <class T, class S>
concept steps_along = requires {
  simd_of<T, S>::stored;
};

/// Computes the columns [at, at + V * stored) of one row of y, held in V steps of registers. In
/// order means that entry e is edge e.
template <int V, int Bytes, bool Slots, bool InOrder, class T, class In, class Out>
inline void spmm_tile(const kernels::spmm_row<T, In, Out>& k, offset i, offset first, offset last,
                      offset at) {
  using step = simd_of<T, In, Bytes>;
  using vector = typename step::vector;
  constexpr int parts = step::registers;
  constexpr offset stored = step::stored, width = V * stored, line = 64 / offset{sizeof(In)};
  const auto* neighbor = k.a.neighbor;
  vector sum[V * parts] = {};
  const auto add = [&](offset c, offset e) {
    const T w = k.weight ? k.scale * k.weight[InOrder ? e : k.a.edge_of(e)] : k.scale;
    const In* const x = k.x.row(c) + at;
    for (int v = 0; v < V; ++v) step::add(w, x + v * stored, sum + v * parts);
  };
  if constexpr (Slots) {
    // Which neighbors are present is essentially random, so they are first listed without a branch.
    constexpr offset room = 64;
    index present[room];
    offset entry[room];
    for (offset e = first; e < last;) {
      offset n = 0;
      for (const offset end = std::min(last, e + room); e < end; ++e) {
        present[n] = k.slot[neighbor[e]];
        entry[n] = e;
        n += present[n] >= 0;
      }
      for (offset j = 0; j < n; ++j) add(present[j], entry[j]);
    }
  } else {
    // Prefetching crosses row boundaries for consecutive rows, but not for selected rows.
    const offset fetched = std::min(last, (k.rows ? last : k.a.entries) - prefetch_distance);
    offset e = first;
    for (; e < fetched; ++e) {
      const In* const ahead = k.x.row(neighbor[e + prefetch_distance]) + at;
      for (offset j = 0; j < width; j += line) __builtin_prefetch(ahead + j, 0, 2);
      if constexpr (!InOrder)
        if (k.weight) __builtin_prefetch(k.weight + k.a.edge_of(e + prefetch_distance));
      add(neighbor[e], e);
    }
    for (; e < last; ++e) add(neighbor[e], e);
  }
  Out* const out = k.y.row(i) + at;
  const bool adds = k.add;
  for (int v = 0; v < V; ++v) {
    vector* const part = sum + v * parts;
    if constexpr (std::is_same_v<In, Out>) {
      if (adds) step::add(T(1), out + v * stored, part);
      step::store(part, out + v * stored);
    } else {
      T in_order[stored];
      store_in_order<T, In, Bytes>(part, in_order);
      for (offset j = 0; j < stored; ++j)
        out[v * stored + j] = adds ? out[v * stored + j] + in_order[j] : in_order[j];
    }
  }
}

/// Computes one row of y, tile by tile, then the columns that do not fill half a register.
template <bool Slots, bool InOrder, class T, class In, class Out>
inline void spmm_one_row(const kernels::spmm_row<T, In, Out>& k, offset i) {
  constexpr offset stored = simd_of<T, In>::stored;
  const offset r = k.rows ? k.rows[i] : i;
  const offset first = r < 0 ? 0 : k.a.row_begin[r], last = r < 0 ? 0 : k.a.row_begin[r + 1];
  offset at = 0;
  const auto tiles = [&]<int V, int Bytes>(std::integral_constant<int, V>,
                                           std::integral_constant<int, Bytes>) {
    constexpr offset width = V * simd_of<T, In, Bytes>::stored;
    for (; at + width <= k.y.cols; at += width)
      spmm_tile<V, Bytes, Slots, InOrder>(k, i, first, last, at);
  };
  constexpr std::integral_constant<int, vector_bytes> whole;
  constexpr int most = sum_registers / simd_of<T, In>::registers;
  if constexpr (most >= 16) tiles(std::integral_constant<int, 16>{}, whole);
  if constexpr (most >= 8) tiles(std::integral_constant<int, 8>{}, whole);
  tiles(std::integral_constant<int, 4>{}, whole);
  tiles(std::integral_constant<int, 2>{}, whole);
  tiles(std::integral_constant<int, 1>{}, whole);
  if (at == k.y.cols) return;
  if constexpr (vector_bytes > 16)
    tiles(std::integral_constant<int, 1>{}, std::integral_constant<int, vector_bytes / 2>{});
  if (at == k.y.cols) return;
  T rest[stored] = {};
  const auto count = k.y.cols - at;
  for (offset e = first; e < last; ++e) {
    offset c = k.a.neighbor[e];
    if constexpr (Slots) {
      c = k.slot[c];
      if (c < 0) continue;
    }
    const T w = k.weight ? k.scale * k.weight[k.a.edge_of(e)] : k.scale;
    for (offset j = 0; j < count; ++j) rest[j] += w * static_cast<T>(k.x(c, at + j));
  }
  for (offset j = 0; j < count; ++j)
    k.y(i, at + j) = static_cast<Out>(k.add ? static_cast<T>(k.y(i, at + j)) + rest[j] : rest[j]);
}

}  // namespace FILIGREE_VECTORS

/// Calls work(first row, last row) for runs of rows with about the same number of entries each.
template <class Work>
void in_balanced_rows(const cpu& on, const pattern_view<>& a, const Work& work) {
  constexpr offset cost = 8192;
  // The first row at which the number of preceding entries and rows reaches c * cost.
  const auto row_at = [&](offset c) {
    offset low = 0, high = a.rows;
    while (low < high) {
      const offset middle = low + (high - low) / 2;
      if (a.row_begin[middle] + middle < c * cost)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  };
  const offset chunks = (a.entries + a.rows + cost - 1) / cost;
  on.in_chunks(chunks, 1, [&](offset c, offset) {
    const offset last = c + 1 == chunks ? a.rows : row_at(c + 1);
    if (const offset first = row_at(c); first < last) work(first, last);
  });
}

}  // namespace detail

/// Sparse times dense on all cores: one row of y at a time in registers, edge-balanced, with rows
/// of x prefetched. Memory-bound: gathers entries * (cols * sizeof(In) + 8) bytes.
template <class T, class In, class Out>
requires((std::is_same_v<In, Out> || std::is_same_v<T, Out>)&&detail::steps_along<T, In>)  //
    void spmm_into(const cpu& on, const kernels::spmm_row<T, In, Out>& k) {
  const auto run = [&](offset first, offset last) {
    if (k.slot)
      for (offset i = first; i < last; ++i) detail::spmm_one_row<true, false>(k, i);
    else if (k.a.edge)
      for (offset i = first; i < last; ++i) detail::spmm_one_row<false, false>(k, i);
    else
      for (offset i = first; i < last; ++i) detail::spmm_one_row<false, true>(k, i);
  };
  if (k.rows)
    on.in_chunks(k.y.rows, 64, run);
  else
    detail::in_balanced_rows(on, k.a, run);
}

/// Sampled dense times dense on all cores, edge-balanced.
template <class T>
void sddmm_into(const cpu& on, const kernels::sddmm_row<T>& k) {
  using vector = typename detail::simd<T>::type;
  constexpr int lanes = detail::simd<T>::lanes;
  const auto run = [&](offset first, offset last) {
    for (offset i = first; i < last; ++i) {
      const offset r = k.rows ? k.rows[i] : i;
      if (r < 0) continue;
      const T* const a = k.a.row(i);
      for (offset e = k.pattern.row_begin[r]; e < k.pattern.row_begin[r + 1]; ++e) {
        if (e + detail::prefetch_distance < k.pattern.entries) {
          const T* p = k.b.row(k.pattern.neighbor[e + detail::prefetch_distance]);
          for (offset j = 0; j < k.b.cols; j += 64 / static_cast<offset>(sizeof(T)))
            __builtin_prefetch(p + j, 0, 2);
        }
        const T* const b = k.b.row(k.pattern.neighbor[e]);
        vector sums{};
        offset j = 0;
        for (; j + lanes <= k.a.cols; j += lanes)
          sums += *reinterpret_cast<const vector*>(a + j) * *reinterpret_cast<const vector*>(b + j);
        T sum = detail::sum_of_lanes<T>(sums);
        for (; j < k.a.cols; ++j) sum += a[j] * b[j];
        T& out = k.weight[k.pattern.edge_of(e)];
        out = k.add ? out + sum : sum;
      }
    }
  };
  if (k.rows)
    on.in_chunks(k.a.rows, 64, run);
  else
    detail::in_balanced_rows(on, k.pattern, run);
}

}  // namespace filigree
