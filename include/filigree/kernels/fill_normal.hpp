// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// x[i] = a normally distributed number with mean 0 and the given standard deviation.
template <class T>
struct fill_normal {
  philox random;
  T deviation;
  T* x;
  FILIGREE_FN void operator()(offset i) const {
    x[i] = deviation * static_cast<T>(random.normal(static_cast<std::uint64_t>(i)));
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
