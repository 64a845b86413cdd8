// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <cstdint>

namespace filigree {

/// The size of a network of nodes, and what it drops while it learns.
struct node_network_options {
  index hidden = 64;        ///< columns between layers
  int layers = 2;           ///< of the graph, one that scores classes included
  float input_dropout = 0;  ///< the share of features that is dropped while training
  float dropout = 0;        ///< the same of what a fusion reads of a node itself
  std::uint64_t seed = 1;   ///< of the first parameters

  /// Lists each choice.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("layers", self.layers);
    see("input_dropout", self.input_dropout);
    see("dropout", self.dropout);
    see("seed", self.seed);
  }
};

}  // namespace filigree
