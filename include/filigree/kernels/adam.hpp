// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

#include <cmath>

namespace filigree::kernels {

/// One step of Adam, or of AdamW where `decay` is not 0. A masked element stays
/// as it is and its moments are zero, so that nothing moves it.
template <class T>
struct adam_step {
  T* p;
  const T* gradient;
  T *first, *second;
  const T* mask;  ///< null: keeps all
  T rate, beta1, beta2, correction1, correction2, epsilon, decay;

  FILIGREE_FN void operator()(offset i) const {
    const T keep = mask ? mask[i] : T(1);
    const T g = keep * gradient[i];
    const T m = keep * (beta1 * first[i] + (1 - beta1) * g);
    const T v = keep * (beta2 * second[i] + (1 - beta2) * g * g);
    first[i] = m;
    second[i] = v;
    p[i] -= rate * (m * correction1 / (std::sqrt(v * correction2) + epsilon) + keep * decay * p[i]);
  }
};

}  // namespace filigree::kernels
