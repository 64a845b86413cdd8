// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/bf16.hpp>
#include <filigree/core/vectors.hpp>

#include <cstdint>
#include <cstring>

namespace filigree::detail {

inline namespace FILIGREE_VECTORS {

#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

/// The number of registers that hold the sums of one row: sixteen of the 32 that 64-bit ARM has.
/// Registers of AVX-512 are so wide that more than eight of them slow down prefetching.
#if defined(__aarch64__)
inline constexpr int sum_registers = 16;
#else
inline constexpr int sum_registers = 8;
#endif

/// A vector of as many T as fit in one register, or in fewer bytes; loads need no alignment but
/// that of an element.
template <class T, int Bytes = vector_bytes, int Align = alignof(T)>
struct simd {
  typedef T type __attribute__((vector_size(Bytes), aligned(Align), may_alias));
  static constexpr int lanes = Bytes / static_cast<int>(sizeof(T));
};

/// A vector of N numbers, summed by halving.
template <class T, int N>
struct lanes_of {
  typedef T type __attribute__((vector_size(N * sizeof(T)), may_alias));
  [[nodiscard]] static T sum(const type& x) {
    if constexpr (N == 1) {
      return x[0];
    } else {
      typename lanes_of<T, N / 2>::type low, high;
      std::memcpy(&low, &x, sizeof(low));
      std::memcpy(&high, reinterpret_cast<const char*>(&x) + sizeof(low), sizeof(high));
      return lanes_of<T, N / 2>::sum(low + high);
    }
  }
};
/// `stored` elements of type S, as registers of T: a step along a row.
template <class T, class S, int Bytes = vector_bytes>
struct simd_of;
template <class T, int Bytes>
struct simd_of<T, T, Bytes> {
  using vector = typename simd<T, Bytes>::type;
  static constexpr int registers = 1, stored = simd<T, Bytes>::lanes;
  /// sum += w * from
  static void add(T w, const T* from, vector* sum) {
    sum[0] += w * *reinterpret_cast<const vector*>(from);
  }
  static void store(const vector* from, T* to) { *reinterpret_cast<vector*>(to) = from[0]; }
};
/// bf16 as two registers of float: the elements at even places and those at odd ones, which are
/// halves of the same words. Rounds like `bf16`.
template <int Bytes>
struct simd_of<float, bf16, Bytes> {
  using vector = typename simd<float, Bytes>::type;
  using words = typename simd<std::uint32_t, Bytes, alignof(bf16)>::type;
  static constexpr int registers = 2, stored = 2 * simd<float, Bytes>::lanes;
  static void add(float w, const bf16* from, vector* sum) {
    const words both = *reinterpret_cast<const words*>(from);
    sum[0] += w * reinterpret_cast<vector>(both << 16);
    sum[1] += w * reinterpret_cast<vector>(both & 0xffff0000u);
  }
  static void store(const vector* from, bf16* to) {
    *reinterpret_cast<words*>(to) = rounded(from[0]) >> 16 | (rounded(from[1]) & 0xffff0000u);
  }

 private:
  static words rounded(const vector& x) {
    const auto bits = reinterpret_cast<words>(x);
    const auto is_nan = reinterpret_cast<words>((bits & 0x7fffffffu) > 0x7f800000u);
    return (is_nan & (bits | 0x400000u)) | (~is_nan & (bits + 0x7fffu + (bits >> 16 & 1u)));
  }
};
/// Stores registers as `simd_of<T, S>::add` fills them to elements of T in their order.
template <class T, class S, int Bytes>
inline void store_in_order(const typename simd<T, Bytes>::type* from, T* to) {
  constexpr int registers = simd_of<T, S, Bytes>::registers;
  for (int k = 0; k < simd<T, Bytes>::lanes; ++k)
    for (int r = 0; r < registers; ++r) to[k * registers + r] = from[r][k];
}

/// The sum of a register's lanes.
template <class T>
[[nodiscard]] inline T sum_of_lanes(const typename simd<T>::type& x) {
  typename lanes_of<T, simd<T>::lanes>::type aligned;
  std::memcpy(&aligned, &x, sizeof(aligned));
  return lanes_of<T, simd<T>::lanes>::sum(aligned);
}

}  // namespace FILIGREE_VECTORS

}  // namespace filigree::detail
