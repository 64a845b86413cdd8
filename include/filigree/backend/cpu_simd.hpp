// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace filigree::detail {

// Units of one program may be compiled for different machines: each has these functions for its own
// vectors.
#if defined(__AVX512F__)
inline namespace vectors_of_64_bytes {
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline namespace vectors_of_32_bytes {
inline constexpr int vector_bytes = 32;
#else
inline namespace vectors_of_16_bytes {
inline constexpr int vector_bytes = 16;
#endif

/// As many T as one register holds; loads need no alignment.
template <class T>
struct simd {
  typedef T type __attribute__((vector_size(vector_bytes), aligned(alignof(T)), may_alias));
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));
};

}  // namespace

}  // namespace filigree::detail
