// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>

#include <algorithm>

namespace filigree {

/// work(one, first, last) for runs of `size` out of n, where `one` is the backend that a run is to
/// work on: for work of several steps, none of which has to wait for another run. Any backend, one
/// run after the other; `cpu` gives each run a core.
template <backend B, class Work>
void for_each_block(const B& on, offset n, offset size, const Work& work) {
  for (offset first = 0; first < n; first += size) work(on, first, std::min(n, first + size));
}

}  // namespace filigree
