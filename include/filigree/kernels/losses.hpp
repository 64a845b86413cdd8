// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/kernels/activation.hpp>

#include <cmath>

namespace filigree::kernels {

/// (x - t)^2 of element i
template <class T>
struct squared_error_term {
  const T *x, *t;
  [[nodiscard]] FILIGREE_FN T operator()(offset i) const { return (x[i] - t[i]) * (x[i] - t[i]); }
};

/// dx[i] += dy * by * 2 (x - t)
template <class T>
struct squared_error_back {
  const T *dy, *x, *t;
  T by;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += *dy * by * 2 * (x[i] - t[i]); }
};

/// ln(1 + exp(x)) - t x of element i, for large x too
template <class T>
struct binary_cross_entropy_term {
  const T *x, *t;
  [[nodiscard]] FILIGREE_FN T operator()(offset i) const {
    const T above = x[i] > 0 ? x[i] : T(0);
    return above - t[i] * x[i] + std::log1p(std::exp(-std::abs(x[i])));
  }
};

/// dx[i] += dy * by * (sigma(x) - t)
template <class T>
struct binary_cross_entropy_back {
  const T *dy, *x, *t;
  T by;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += *dy * by * (sigmoid_of(x[i]) - t[i]); }
};

}  // namespace filigree::kernels
