// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/blocks.hpp>
#include <filigree/backend/gpu.cuh>

namespace filigree {

/// What fills a device, in memory that it can spare.
template <>
inline constexpr block_shape block_of<gpu>{4096, 4096};

}  // namespace filigree
