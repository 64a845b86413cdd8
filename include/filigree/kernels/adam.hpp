// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

#include <cmath>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// One step of Adam, or of AdamW if `decay` is not 0. Both moments start at zero, so each is
/// divided by the sum of the weights accumulated in it, which after t steps is 1 - beta^t: the
/// corrections are the reciprocals of these.
template <class T>
struct adam_step {
  T* p;
  const T* gradient;
  T *first, *second;
  T rate, beta1, beta2, correction1, correction2, epsilon, decay;

  FILIGREE_FN void operator()(offset i) const {
    const T g = gradient[i];
    const T m = beta1 * first[i] + (1 - beta1) * g;
    const T v = beta2 * second[i] + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    p[i] -= rate * (m * correction1 / (std::sqrt(v * correction2) + epsilon) + decay * p[i]);
  }
};

/// Same, for elements that are masked and regrown at different times: each element has its own sums
/// of weights, stored with its moments. A masked element does not change, all its state besides its
/// value is zero, and it starts afresh when it is regrown.
template <class T>
struct masked_adam_step {
  T* p;
  const T* gradient;
  T *first, *second, *first_weight, *second_weight;
  const T* mask;  ///< null: none is masked
  T rate, beta1, beta2, epsilon, decay;

  FILIGREE_FN void operator()(offset i) const {
    const bool keep = !mask || mask[i] != 0;
    const T g = keep ? gradient[i] : T(0);
    const T m = keep ? beta1 * first[i] + (1 - beta1) * g : T(0);
    const T v = keep ? beta2 * second[i] + (1 - beta2) * g * g : T(0);
    const T w1 = keep ? beta1 * first_weight[i] + (1 - beta1) : T(0);
    const T w2 = keep ? beta2 * second_weight[i] + (1 - beta2) : T(0);
    first[i] = m;
    second[i] = v;
    first_weight[i] = w1;
    second_weight[i] = w2;
    if (keep) p[i] -= rate * (m / w1 / (std::sqrt(v / w2) + epsilon) + decay * p[i]);
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
