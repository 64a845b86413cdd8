// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/fixed_edges.hpp>

namespace filigree {

/// Edges that all weigh 1: what GIN sums, and GraphSAGE takes the mean or the largest of.
struct equal_edges {
  static constexpr const char* kind = "equal";
  /// There is nothing to choose.
  template <class Self, class F>
  static void visit_options(Self&, F&&) {}

  template <class T, backend B>
  class state : public fixed_edges::state<T, B> {
   public:
    template <class Where>  // a graph, or a place
    state(const equal_edges&, const B& on, const Where& at, offset = 0)
        : fixed_edges::state<T, B>({normalization::none}, on, at) {}
  };
};

}  // namespace filigree
