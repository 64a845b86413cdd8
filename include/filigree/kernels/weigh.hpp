// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// y[i] (+)= *by * x[i]
template <class T>
struct weigh {
  const T* by;
  const T* x;
  T* y;
  bool add;
  FILIGREE_FN void operator()(offset i) const { y[i] = (add ? y[i] : T(0)) + *by * x[i]; }
};

/// a[i] * b[i], a term of an inner product
template <class T>
struct product_term {
  const T *a, *b;
  FILIGREE_FN T operator()(offset i) const { return a[i] * b[i]; }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
