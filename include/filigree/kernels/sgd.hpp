// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

namespace filigree::kernels {

/// One step of gradient descent. A masked element stays as it is and its velocity is zero.
template <class T>
struct sgd_step {
  T* p;
  const T* gradient;
  T* velocity;    ///< null: no momentum
  const T* mask;  ///< null: keeps all
  T rate, momentum;
  bool nesterov;

  FILIGREE_FN void operator()(offset i) const {
    const T g = mask ? mask[i] * gradient[i] : gradient[i];
    if (!velocity) {
      p[i] -= rate * g;
      return;
    }
    const T keep = mask ? mask[i] : T(1);
    const T v = keep * (momentum * velocity[i]) + g;
    velocity[i] = v;
    p[i] -= rate * (nesterov ? g + momentum * v : v);
  }
};

}  // namespace filigree::kernels
