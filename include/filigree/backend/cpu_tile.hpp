// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/views.hpp>

#include <algorithm>

namespace filigree::detail {

#if defined(__AVX512F__)
inline namespace vectors_of_64_bytes {
#elif defined(__AVX__)
inline namespace vectors_of_32_bytes {
#else
inline namespace vectors_of_16_bytes {
#endif

/// to = from', or to += from', for the upper left 4 x 4.
template <bool Add, class T>
inline void transpose_4x4(const T* from, offset from_stride, T* to, offset to_stride) {
  typedef T four __attribute__((vector_size(4 * sizeof(T)), aligned(alignof(T)), may_alias));
  const auto row = [&](offset r) { return reinterpret_cast<const four*>(from + r * from_stride); };
  const auto store = [&](offset c, const four& v) {
    auto* const out = reinterpret_cast<four*>(to + c * to_stride);
    *out = Add ? *out + v : v;
  };
  const four a = *row(0), b = *row(1), c = *row(2), d = *row(3);
  const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  store(0, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
  store(1, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
  const four ab_right = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const four cd_right = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(2, __builtin_shufflevector(ab_right, cd_right, 0, 1, 4, 5));
  store(3, __builtin_shufflevector(ab_right, cd_right, 2, 3, 6, 7));
}

/// to = from', or to += from', for a part (rows x cols) of from. Goes over Block columns at a time,
/// so that a cache line is used up while it is there.
template <bool Add, offset Block, class T>
inline void transpose_tile(const T* from, offset from_stride, offset rows, offset cols, T* to,
                           offset to_stride) {
  for (offset begin = 0; begin < cols; begin += Block) {
    const offset end = std::min(cols, begin + Block);
    for (offset r = 0; r < rows; r += 4)
      for (offset c = begin; c < end; c += 4) {
        if (r + 4 <= rows && c + 4 <= end) {
          transpose_4x4<Add>(from + r * from_stride + c, from_stride, to + c * to_stride + r,
                             to_stride);
          continue;
        }
        for (offset i = r; i < std::min(rows, r + 4); ++i)
          for (offset j = c; j < std::min(end, c + 4); ++j) {
            T& out = to[j * to_stride + i];
            out = Add ? out + from[i * from_stride + j] : from[i * from_stride + j];
          }
      }
  }
}

}  // namespace

}  // namespace filigree::detail
