// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/generic/blocks.hpp>

namespace filigree {

/// Runs on all cores at once, each on one of them from its first step to its last: nobody waits
/// between steps, and what one step leaves in a cache the next finds there.
template <class Work>
void for_each_block(const cpu& on, offset n, offset size, const Work& work) {
  on.in_chunks(n, size, [&work](offset first, offset last) { work(cpu{1}, first, last); });
}

}  // namespace filigree
