// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/vectors.hpp>

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

/// A vector of as many T as fit in one register; loads need no alignment.
template <class T>
struct simd {
  typedef T type __attribute__((vector_size(vector_bytes), aligned(alignof(T)), may_alias));
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));
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
/// The sum of a register's lanes.
template <class T>
[[nodiscard]] inline T sum_of_lanes(const typename simd<T>::type& x) {
  typename lanes_of<T, simd<T>::lanes>::type aligned;
  std::memcpy(&aligned, &x, sizeof(aligned));
  return lanes_of<T, simd<T>::lanes>::sum(aligned);
}

}  // namespace FILIGREE_VECTORS

}  // namespace filigree::detail
