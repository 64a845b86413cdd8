// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <cstdint>

namespace filigree {

/// The size of a network for nodes, and its dropout rates.
struct node_network_options {
  index hidden = 64;        ///< columns between layers
  int layers = 2;           ///< number of graph layers, including one that scores classes
  float input_dropout = 0;  ///< dropout rate of the features during training
  float dropout = 0;        ///< dropout rate of a fusion's input from the node itself
  std::uint64_t seed = 1;   ///< for the initial parameters

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("layers", self.layers);
    see("input_dropout", self.input_dropout);
    see("dropout", self.dropout);
    see("seed", self.seed);
  }
};

}  // namespace filigree
