// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/edges/fixed_edges.hpp>

namespace filigree {

/// Edges that all weigh 1: what GIN sums, and GraphSAGE takes the mean or the largest of.
struct equal_edges {
  static constexpr const char* kind = "equal";
  /// There is nothing to choose.
  static void options(auto&, auto&&) {}

  template <class T, backend B>
  class state : public fixed_edges::state<T, B> {
   public:
    state(const equal_edges&, const B& on, const part_spec<B>& spec)
        : fixed_edges::state<T, B>({normalization::none}, on, spec) {}
  };
};

}  // namespace filigree
