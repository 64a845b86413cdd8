// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/generic/blocks.hpp>

namespace filigree {

/// Runs blocks on all cores in parallel, each block on a single core from its first step to its
/// last: there is no waiting between steps, and data stays in the cache from one step to the next.
template <class Work>
void for_each_block(const cpu& on, offset n, offset size, const Work& work) {
  on.in_chunks(n, size, [&work](offset first, offset last) { work(cpu{1}, first, last); });
}

}  // namespace filigree
