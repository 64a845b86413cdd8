// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/edges/fixed_edges.hpp>

namespace filigree {

/// Edges whose weights are all 1: for the sum in GIN, and the mean or maximum in GraphSAGE.
struct equal_edges {
  static constexpr const char* kind = "equal";
  /// There are no options.
  static void options(auto&, auto&&) {}

  template <class T, backend B>
  class state : public fixed_edges::state<T, B> {
   public:
    state(const equal_edges&, const B& on, const part_spec<B>& spec)
        : fixed_edges::state<T, B>({normalization::none}, on, spec) {}
  };
};

}  // namespace filigree
