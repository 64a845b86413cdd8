// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/vectors.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// How many calls of a kernel are worth handing to a thread at once. A kernel that works on a whole
/// row says `static constexpr offset grain = 16;`; one that works on an element says nothing.
template <class Kernel>
inline constexpr offset grain_of = [] {
  if constexpr (requires { Kernel::grain; })
    return Kernel::grain;
  else
    return offset{8192};
}();

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
