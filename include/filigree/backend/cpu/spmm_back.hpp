// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/spmm.hpp>

#include <algorithm>
#include <type_traits>

namespace filigree {

namespace detail {
inline namespace FILIGREE_VECTORS {

/// Computes the columns [at, at + V * lanes) of one row of dx in V registers, and their
/// contribution to the gradients of that row's weights; `first_tile` means that these gradients
/// have no contribution from this pass yet.
template <int V, bool Slots, class T>
inline void spmm_back_tile(const spmm_back<T>& k, offset c, offset at, bool first_tile) {
  using vector = typename simd<T>::type;
  constexpr offset width = V * simd<T>::lanes, line = 64 / offset{sizeof(T)};
  const auto& a = k.dx.a;
  const offset begin = a.row_begin[c], end = a.row_begin[c + 1];
  const auto* const own = reinterpret_cast<const vector*>(k.x.row(c) + at);
  vector mine[V], sum[V] = {};
  for (int v = 0; v < V; ++v) mine[v] = own[v];
  const offset fetched = (Slots ? end : a.entries) - prefetch_distance;
  for (offset e = begin; e < end; ++e) {
    if (e < fetched) {
      const offset next =
          Slots ? k.dx.slot[a.neighbor[e + prefetch_distance]] : a.neighbor[e + prefetch_distance];
      if (!Slots || next >= 0) {
        const T* const ahead = k.dx.x.row(next) + at;
        for (offset j = 0; j < width; j += line) __builtin_prefetch(ahead + j, 0, 2);
        __builtin_prefetch(k.dw + k.edge[e + prefetch_distance], 1, 3);
      }
    }
    const offset r = Slots ? k.dx.slot[a.neighbor[e]] : a.neighbor[e];
    if (Slots && r < 0) continue;
    const T w = k.dx.weight[a.edge_of(e)];
    const auto* dy = reinterpret_cast<const vector*>(k.dx.x.row(r) + at);
    vector dot = mine[0] * dy[0];
    sum[0] += w * dy[0];
    for (int v = 1; v < V; ++v) {
      dot += mine[v] * dy[v];
      sum[v] += w * dy[v];
    }
    T& out = k.dw[k.edge[e]];
    const T d = sum_of_lanes<T>(dot);
    out = first_tile && !k.add ? d : out + d;
  }
  auto* const out = reinterpret_cast<vector*>(k.dx.y.row(c) + at);
  for (int v = 0; v < V; ++v) out[v] = k.dx.add ? out[v] + sum[v] : sum[v];
}

/// Computes one row of dx and the gradients of its weights.
template <bool Slots, class T>
inline void spmm_back_row(const spmm_back<T>& k, offset c) {
  constexpr offset lanes = simd<T>::lanes;
  const offset cols = k.dx.y.cols;
  offset at = 0;
  const auto tiles = [&]<int V>(std::integral_constant<int, V>) {
    for (; at + V * lanes <= cols; at += V * lanes) spmm_back_tile<V, Slots>(k, c, at, at == 0);
  };
  if constexpr (vector_bytes == 64) tiles(std::integral_constant<int, 8>{});
  tiles(std::integral_constant<int, 4>{});
  tiles(std::integral_constant<int, 2>{});
  tiles(std::integral_constant<int, 1>{});
  if (at == cols) return;
  T rest[lanes] = {};
  const auto& a = k.dx.a;
  for (offset e = a.row_begin[c]; e < a.row_begin[c + 1]; ++e) {
    const offset r = Slots ? k.dx.slot[a.neighbor[e]] : a.neighbor[e];
    if (Slots && r < 0) continue;
    const T w = k.dx.weight[a.edge_of(e)];
    T dot = 0;
    for (offset j = at; j < cols; ++j) {
      const T dy = k.dx.x(r, j);
      dot += k.x(c, j) * dy;
      rest[j - at] += w * dy;
    }
    T& out = k.dw[k.edge[e]];
    out = at == 0 && !k.add ? dot : out + dot;
  }
  for (offset j = at; j < cols; ++j)
    k.dx.y(c, j) = k.dx.add ? k.dx.y(c, j) + rest[j - at] : rest[j - at];
}

}  // namespace FILIGREE_VECTORS

}  // namespace detail

/// Both gradients of a sparse product on all cores; each neighbor's row of dy is read only once.
template <class T>
void spmm_back_into(const cpu& on, const spmm_back<T>& k) {
  if (k.dx.slot && !k.add) on.fill(k.dw, k.dx.a.entries, T(0));
  detail::in_balanced_rows(on, k.dx.a, [&](offset first, offset last) {
    for (offset c = first; c < last; ++c)
      k.dx.slot ? detail::spmm_back_row<true>(k, c) : detail::spmm_back_row<false>(k, c);
  });
}

}  // namespace filigree
