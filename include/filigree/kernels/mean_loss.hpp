// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/kernels/nonlinearity.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// (x[i] - t[i])^2
template <class T>
struct squared_error_term {
  const T *x, *t;
  [[nodiscard]] FILIGREE_FN T operator()(offset i) const {
    const T d = x[i] - t[i];
    return d * d;
  }
};

/// dx[i] += dy * by * (x[i] - t[i])
template <class T>
struct squared_error_back {
  T by;  ///< 2 / n
  const T *dy, *x, *t;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += *dy * by * (x[i] - t[i]); }
};

/// ln(1 + exp(x[i])) - t[i] x[i], without overflow of the exponential or cancellation of large
/// terms.
template <class T>
struct binary_cross_entropy_term {
  const T *x, *t;
  [[nodiscard]] FILIGREE_FN T operator()(offset i) const {
    return (x[i] > 0 ? 1 - t[i] : -t[i]) * x[i] + std::log1p(std::exp(-std::abs(x[i])));
  }
};

/// dx[i] += dy * by * (sigma(x[i]) - t[i])
template <class T>
struct binary_cross_entropy_back {
  T by;  ///< 1 / n
  const T *dy, *x, *t;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += *dy * by * (sigmoid_of(x[i]) - t[i]); }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
