// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>

#include <cstdint>

namespace filigree::kernels {

/// y[i] = x[i] / (1 - rate), times 0 with probability `rate`; adds instead where `add`. A product,
/// so that NaN stays NaN.
template <class T>
struct dropout {
  double rate;
  philox random;
  const T* x;
  T* y;
  bool add;
  FILIGREE_FN void operator()(offset i) const {
    const bool dropped = random.uniform(static_cast<std::uint64_t>(i)) < rate;
    const T value = (dropped ? T(0) : static_cast<T>(1 / (1 - rate))) * x[i];
    y[i] = add ? y[i] + value : value;
  }
};

}  // namespace filigree::kernels
