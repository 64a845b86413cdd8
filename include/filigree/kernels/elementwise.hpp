// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// x[i], to be summed
template <class T>
struct element {
  const T* x;
  [[nodiscard]] FILIGREE_FN T operator()(offset i) const { return x[i]; }
};

/// y[i] = a x[i] + b z[i]
template <class T>
struct axpby {
  T a;
  const T* x;
  T b;
  const T* z;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = a * x[i] + b * z[i]; }
};

/// y[i] = a x[i]
template <class T>
struct scaled_copy {
  T a;
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = a * x[i]; }
};

/// y[i] += a x[i]
template <class T>
struct axpy {
  T a;
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] += a * x[i]; }
};

/// y[i] = x[i] z[i]
template <class T>
struct product {
  const T *x, *z;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = x[i] * z[i]; }
};

/// y[i] += x[i] z[i]
template <class T>
struct add_product {
  const T *x, *z;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] += x[i] * z[i]; }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
