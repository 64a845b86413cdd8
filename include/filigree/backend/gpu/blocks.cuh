// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/blocks.hpp>
#include <filigree/backend/gpu/backend.cuh>

namespace filigree {

/// A block that fills a device without using much memory.
template <>
inline constexpr block_shape block_of<gpu>{4096, 4096};

}  // namespace filigree
