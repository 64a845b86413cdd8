// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// 1 / (1 + exp(-x)), computed so that the exponential never overflows.
template <class T>
[[nodiscard]] FILIGREE_FN T sigmoid_of(T x) {
  const T e = std::exp(-std::abs(x));
  return (x < 0 ? e : T(1)) / (1 + e);
}

/// y[i] = 1 / (1 + exp(-x[i]))
template <class T>
struct sigmoid {
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = sigmoid_of(x[i]); }
};

/// dx[i] += dy[i] * y[i] * (1 - y[i])
template <class T>
struct sigmoid_back {
  const T *dy, *y;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += dy[i] * y[i] * (1 - y[i]); }
};

/// y[i] = max(x[i], 0), and NaN for NaN
template <class T>
struct relu {
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = x[i] <= 0 ? T(0) : x[i]; }
};

/// dx[i] += dy[i] unless x[i] <= 0
template <class T>
struct relu_back {
  const T *dy, *x;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += x[i] <= 0 ? T(0) : dy[i]; }
};

/// y[i] = x[i] if x[i] >= 0, else slope * x[i]
template <class T>
struct leaky_relu {
  T slope;
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = x[i] < 0 ? slope * x[i] : x[i]; }
};

/// dx[i] += dy[i] if x[i] >= 0, else slope * dy[i]
template <class T>
struct leaky_relu_back {
  T slope;
  const T *dy, *x;
  T* dx;
  FILIGREE_FN void operator()(offset i) const { dx[i] += x[i] < 0 ? slope * dy[i] : dy[i]; }
};

/// y[i] = x[i] if x[i] > 0, else alpha * (exp(x[i]) - 1)
template <class T>
struct elu {
  T alpha;
  const T* x;
  T* y;
  FILIGREE_FN void operator()(offset i) const { y[i] = x[i] > 0 ? x[i] : alpha * std::expm1(x[i]); }
};

/// dx[i] += dy[i] if x[i] > 0, else alpha * exp(x[i]) * dy[i], which is (y[i] + alpha) * dy[i]
template <class T>
struct elu_back {
  T alpha;
  const T *dy, *x, *y;
  T* dx;
  FILIGREE_FN void operator()(offset i) const {
    dx[i] += x[i] > 0 ? dy[i] : (y[i] + alpha) * dy[i];
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
