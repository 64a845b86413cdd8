// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// One step of gradient descent. A masked element does not change and its velocity is zero.
template <class T>
struct sgd_step {
  T* p;
  const T* gradient;
  T* velocity;    ///< null: no momentum
  const T* mask;  ///< null: keeps all
  T rate, momentum;
  bool nesterov;

  FILIGREE_FN void operator()(offset i) const {
    const bool keep = !mask || mask[i] != 0;
    const T g = keep ? gradient[i] : T(0);
    if (!velocity) {
      p[i] -= rate * g;
      return;
    }
    const T v = keep ? momentum * velocity[i] + g : T(0);
    velocity[i] = v;
    p[i] -= rate * (nesterov ? g + momentum * v : v);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
