// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>

#include <algorithm>

namespace filigree {

/// The rows and columns of a block of results that is used immediately and discarded.
struct block_shape {
  offset rows = 0, cols = 0;
};

/// A block that fits into the cache of a core; backends may specialize it.
template <backend B>
inline constexpr block_shape block_of{256, 1024};

/// Calls work(one, first, last) for runs of `size` out of n, where `one` is the backend to use for
/// that run: for work in several steps that need not wait for other runs. Any backend, one run
/// after the other; `cpu` gives each run its own core.
template <backend B, class Work>
void for_each_block(const B& on, offset n, offset size, const Work& work) {
  for (offset first = 0; first < n; first += size) work(on, first, std::min(n, first + size));
}

}  // namespace filigree
