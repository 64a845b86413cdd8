// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/linear_rows.hpp>
#include <filigree/backend/cpu/simd.hpp>
#include <filigree/backend/cpu/tile.hpp>
#include <filigree/backend/generic/linear.hpp>
#include <filigree/kernels/merge.hpp>

#include <algorithm>
#include <type_traits>

namespace filigree {

namespace detail {

inline namespace FILIGREE_VECTORS {

/// How many rows of x are processed together: two registers, and at least a cache line. More rows
/// would amortize the reads of weights and indices better, but evict x from the cache.
template <class T>
inline constexpr offset batch_tile = std::max(64, 2 * vector_bytes) / static_cast<int>(sizeof(T));

/// Calls work(V) with the smallest number of vectors that holds `count` elements, or 0 for a single
/// element.
template <class T, class Work>
inline void with_vectors(offset count, const Work& work) {
  constexpr offset lanes = simd<T>::lanes;
  if (count == 1)
    work(std::integral_constant<int, 0>{});
  else if (count <= lanes)
    work(std::integral_constant<int, 1>{});
  else if (batch_tile<T> == 2 * lanes || count <= 2 * lanes)
    work(std::integral_constant<int, 2>{});
  else
    work(std::integral_constant<int, batch_tile<T> / lanes>{});
}

/// Multiplies rows [first, last) of W with `count` rows of x starting at `b`; `tile` is their
/// transpose, padded with zeros to whole vectors.
template <int V, bool Add, class Kernel, class T>
inline void linear_tile(const Kernel& k, const T* tile, offset b, offset count, offset first,
                        offset last) {
  if constexpr (V == 0 && !Add) {
    linear_rows<V>(k, first, last, tile, k.y.row(b) + first);
  } else {
    constexpr offset together = 16, width = batch_sums<V, T>::width;
    T out[together * width];
    for (offset r = first; r < last; r += together) {
      const offset rows = std::min(together, last - r);
      linear_rows<V>(k, r, r + rows, tile, out);
      transpose_part<Add, simd<T>::lanes>(out, width, rows, count, k.y.row(b) + r, k.y.cols);
    }
  }
}

/// Multiplies tiles of the batch, each transposed into scratch memory, with rows of W: tile by tile
/// if there are enough tiles for all threads, so that a tile is used while it is in the cache;
/// otherwise also split into runs of rows. Both give the same result.
template <bool Add, class T, template <class> class Kernel>
void linear_by_tiles(const cpu& on, const Kernel<T>& k) {
  constexpr offset tile = batch_tile<T>;
  const offset batch = k.y.rows, out = k.y.cols, in = k.x.cols, tiles = (batch + tile - 1) / tile;
  const auto of_tile = [&](offset t, const auto& work) {
    const offset count = std::min(tile, batch - t * tile);
    with_vectors<T>(count, [&]<int V>(std::integral_constant<int, V> v) { work(count, v); });
  };
  const auto transpose = [&](offset t, T* to) {
    of_tile(t, [&]<int V>(offset count, std::integral_constant<int, V>) {
      if constexpr (V > 0) {
        constexpr offset width = V * simd<T>::lanes;
        if (count < width) std::fill_n(to, width * in, T(0));
        transpose_tile<false, 16>(k.x.row(t * tile), in, count, in, to, width);
      }
    });
  };
  const auto multiply = [&](offset t, const T* transposed, offset first, offset last) {
    of_tile(t, [&]<int V>(offset count, std::integral_constant<int, V>) {
      const T* const x = V ? transposed : k.x.row(t * tile);
      linear_tile<V, Add>(k, x, t * tile, count, first, last);
    });
  };
  const offset room = batch > 1 ? tile * in : 0;
  if (tiles >= offset{2} * on.thread_count() || on.thread_count() == 1) {
    on.in_chunks(tiles, 1, [&](offset t, offset) {
      auto scratch = on.allocate<T>(room);
      transpose(t, scratch.data());
      multiply(t, scratch.data(), 0, out);
    });
    return;
  }
  constexpr offset run = 256;
  const offset runs = (out + run - 1) / run;
  auto scratch = on.allocate<T>(tiles * room);
  on.in_chunks(tiles, 1, [&](offset t, offset) { transpose(t, scratch.data() + t * room); });
  on.in_chunks(tiles * runs, 1, [&](offset i, offset) {
    const offset t = i / runs, first = i % runs * run;
    multiply(t, scratch.data() + t * room, first, std::min(out, first + run));
  });
}

}  // namespace FILIGREE_VECTORS

}  // namespace detail

/// Compressed rows times a batch on all cores. Each tile of the batch is transposed so that a
/// weight is multiplied with a whole vector; bound by cache bandwidth, since x is read once for
/// each weight.
template <class T>
void linear_into(const cpu& on, const kernels::csr_linear<T>& k) {
  if (k.w.edge) {  // reorders the weights by entry
    auto weight = on.allocate<T>(k.w.entries);
    on.for_each(k.w.entries, kernels::gather<T, offset>{k.w.edge, k.weight, weight.data()});
    auto ordered = k;
    ordered.w.edge = nullptr;
    ordered.weight = weight.data();
    return linear_into(on, ordered);
  }
  if (k.add)
    detail::linear_by_tiles<true>(on, k);
  else
    detail::linear_by_tiles<false>(on, k);
}

/// Blocks times a batch on all cores: four rows of a block share their loads of x.
template <class T>
void linear_into(const cpu& on, const kernels::block_linear<T>& k) {
  detail::linear_by_tiles<false>(on, k);
}

/// n of m times a batch on all cores.
template <class T>
void linear_into(const cpu& on, const kernels::n_of_m_linear<T>& k) {
  detail::linear_by_tiles<false>(on, k);
}

/// Dense transpose on all cores, tile by tile.
template <class T>
void transpose_into(const cpu& on, const kernels::transpose_element<T>& k) {
  const auto& from = k.from;
  on.in_chunks(from.rows, 64, [&](offset first, offset last) {
    detail::transpose_tile<false, 16>(from.row(first), from.cols, last - first, from.cols,
                                      k.to + first, from.rows);
  });
}

}  // namespace filigree
