// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/simd.hpp>
#include <filigree/core/views.hpp>

#include <algorithm>
#include <cstring>

namespace filigree::detail {

inline namespace FILIGREE_VECTORS {

/// One of the log2(N) rounds that transpose N rows of N elements: in each pair of rows at distance
/// Apart, squares of Apart x Apart elements are swapped. `first` and `second` give the lanes of the
/// pair that make up the new first and second row.
template <int Apart, int N>
struct swapped {
  struct first {
    static constexpr int of(int lane) { return lane & Apart ? N + lane - Apart : lane; }
  };
  struct second {
    static constexpr int of(int lane) { return lane & Apart ? N + lane : lane + Apart; }
  };
};
/// The lanes of a, then b, selected by At. Written out because nvcc does not expand packs in the
/// builtin.
template <class At, int N, class Vector>
inline Vector shuffled(const Vector& a, const Vector& b) {
  if constexpr (N == 2)
    return __builtin_shufflevector(a, b, At::of(0), At::of(1));
  else if constexpr (N == 4)
    return __builtin_shufflevector(a, b, At::of(0), At::of(1), At::of(2), At::of(3));
  else if constexpr (N == 8)
    return __builtin_shufflevector(a, b, At::of(0), At::of(1), At::of(2), At::of(3), At::of(4),
                                   At::of(5), At::of(6), At::of(7));
  else
    return __builtin_shufflevector(a, b, At::of(0), At::of(1), At::of(2), At::of(3), At::of(4),
                                   At::of(5), At::of(6), At::of(7), At::of(8), At::of(9),
                                   At::of(10), At::of(11), At::of(12), At::of(13), At::of(14),
                                   At::of(15));
}
template <int Apart, int N, class Vector>
inline void swap_squares(Vector (&row)[N]) {
  for (int r = 0; r < N; ++r) {
    if (r & Apart) continue;
    const Vector a = row[r], b = row[r + Apart];
    row[r] = shuffled<typename swapped<Apart, N>::first, N>(a, b);
    row[r + Apart] = shuffled<typename swapped<Apart, N>::second, N>(a, b);
  }
}

/// to = from', or to += from', for the upper left N x N elements.
template <bool Add, int N, class T>
inline void transpose_square(const T* from, offset from_stride, T* to, offset to_stride) {
  using vector = typename lanes_of<T, N>::type;
  vector row[N];
  for (int r = 0; r < N; ++r) std::memcpy(&row[r], from + r * from_stride, sizeof(vector));
  swap_squares<1>(row);
  if constexpr (N > 2) swap_squares<2>(row);
  if constexpr (N > 4) swap_squares<4>(row);
  if constexpr (N > 8) swap_squares<8>(row);
  for (int c = 0; c < N; ++c) {
    T* const out = to + c * to_stride;
    if constexpr (Add) {
      vector sum;
      std::memcpy(&sum, out, sizeof(vector));
      row[c] += sum;
    }
    std::memcpy(out, &row[c], sizeof(vector));
  }
}

/// Same, for rows x cols, in squares of N x N and, for the remainder, of half that size.
template <bool Add, int N, class T>
inline void transpose_part(const T* from, offset from_stride, offset rows, offset cols, T* to,
                           offset to_stride) {
  if constexpr (N == 1) {
    for (offset r = 0; r < rows; ++r)
      for (offset c = 0; c < cols; ++c) {
        T& out = to[c * to_stride + r];
        out = Add ? out + from[r * from_stride + c] : from[r * from_stride + c];
      }
  } else {
    const offset high = rows / N * N, wide = cols / N * N;
    for (offset r = 0; r < high; r += N)
      for (offset c = 0; c < wide; c += N)
        transpose_square<Add, N>(from + r * from_stride + c, from_stride, to + c * to_stride + r,
                                 to_stride);
    if (wide < cols)
      transpose_part<Add, N / 2>(from + wide, from_stride, high, cols - wide, to + wide * to_stride,
                                 to_stride);
    if (high < rows)
      transpose_part<Add, N / 2>(from + high * from_stride, from_stride, rows - high, cols,
                                 to + high, to_stride);
  }
}

/// Same, Block columns at a time, so that a cache line is fully used while it is in the cache.
template <bool Add, offset Block, class T>
inline void transpose_tile(const T* from, offset from_stride, offset rows, offset cols, T* to,
                           offset to_stride) {
  for (offset c = 0; c < cols; c += Block)
    transpose_part<Add, simd<T>::lanes>(from + c, from_stride, rows, std::min(Block, cols - c),
                                        to + c * to_stride, to_stride);
}

}  // namespace FILIGREE_VECTORS

}  // namespace filigree::detail
