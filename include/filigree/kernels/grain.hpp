// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// The number of kernel calls that are handed to a thread at a time. A kernel that works on a whole
/// row declares `static constexpr offset grain = 16;`; one that works on an element declares
/// nothing.
template <class Kernel>
inline constexpr offset grain_of = [] {
  if constexpr (requires { Kernel::grain; })
    return Kernel::grain;
  else
    return offset{8192};
}();

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
