// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/tensor/graph.hpp>

#include <vector>

namespace filigree {

/// Row 0 pulls from columns 0 and 1, row 1 from nothing, row 2 from column 1.
template <backend B>
graph<B> drawn_graph(const B& on) {
  return {on, {3, 3}, std::vector<index>{0, 0, 2}, std::vector<index>{0, 1, 1}};
}

}  // namespace filigree
