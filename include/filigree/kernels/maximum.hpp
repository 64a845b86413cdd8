// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[i] = the larger of a[i] and b[i]; NaN if either is NaN
template <class T>
struct maximum {
  const T *a, *b;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = a[i] >= b[i] || a[i] != a[i] ? a[i] : b[i]; }
};

/// d[i] += dy[i] if the element was taken from a (or from b, unless of_a)
template <class T>
struct maximum_back {
  const T *dy, *a, *b;
  T* d;
  bool of_a;
  FILIGREE_FN void operator()(offset i) const {
    if ((a[i] >= b[i] || a[i] != a[i]) == of_a) d[i] += dy[i];
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
