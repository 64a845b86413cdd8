// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>

#include <algorithm>

namespace filigree {

/// Rows and columns of a block of results that are used at once and forgotten.
struct block_shape {
  offset rows = 0, cols = 0;
};

/// What fits into the cache of a core; backends may differ.
template <backend B>
inline constexpr block_shape block_of{256, 1024};

/// work(one, first, last) for runs of `size` out of n, where `one` is the backend that a run is to
/// work on: for work of several steps, none of which has to wait for another run. Any backend, one
/// run after the other; `cpu` gives each run a core.
template <backend B, class Work>
void for_each_block(const B& on, offset n, offset size, const Work& work) {
  for (offset first = 0; first < n; first += size) work(on, first, std::min(n, first + size));
}

}  // namespace filigree
