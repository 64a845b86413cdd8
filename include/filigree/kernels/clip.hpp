// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The square of element i, as a term of a sum in double; 0 if the element is masked.
template <class T>
struct squared_element {
  const T *x, *mask;  ///< null mask: keeps all
  FILIGREE_FN double operator()(offset i) const {
    const auto v = static_cast<double>(mask ? mask[i] * x[i] : x[i]);
    return v * v;
  }
};

/// y[i] = sqrt(y[i])
struct square_root {
  double* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = std::sqrt(y[i]); }
};

/// x[i] *= most / norm if norm, which is read when the kernel runs, is above `most`
template <class T>
struct clip_element {
  const double* norm;
  double most;
  T* x;
  FILIGREE_FN void operator()(offset i) const {
    x[i] *= *norm > most ? static_cast<T>(most / *norm) : T(1);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
