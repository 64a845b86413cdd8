// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/index.hpp>
#include <filigree/data/neighbor_sampler.hpp>
#include <filigree/networks/node_network.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace filigree {

/// Options of a node classifier.
struct node_classifier_options {
  index hidden = 64;           ///< columns between layers
  int layers = 2;              ///< number of graph layers, including one that scores classes
  float input_dropout = 0.5f;  ///< dropout rate of the features during training
  float dropout = 0.5f;        ///< dropout rate of a fusion's input from the node itself
  float l2 = 5e-4f;            ///< lambda of lambda / 2 |W|^2 for weights applied to features
  float l2_rest = 0;           ///< the same for all other weights
  std::uint64_t seed = 1;      ///< for the initial parameters
  /// How many neighbors a training step samples for each node, per layer, starting with the layer
  /// that reads features; negative: all. Empty: each step uses the whole graph.
  std::vector<offset> fanouts{};

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("layers", self.layers);
    see("input_dropout", self.input_dropout);
    see("dropout", self.dropout);
    see("l2", self.l2);
    see("l2_rest", self.l2_rest);
    see("fanouts", self.fanouts);
  }
};

namespace detail {
/// Throws `range_error` for options out of range, and for fanouts if the layers or the prompt
/// cannot work on a sample of the neighbors.
[[nodiscard]] inline node_classifier_options checked(node_classifier_options o, bool can_sample) {
  const auto expect = [](bool holds, const std::string& what, offset got) {
    if (!holds) throw range_error("node_classifier: " + what + ", got " + std::to_string(got));
  };
  expect_least("node_classifier: hidden", o.hidden, 1);
  expect_least("node_classifier: layers", o.layers, 1);
  expect_below_1("node_classifier: input_dropout", o.input_dropout);
  expect_below_1("node_classifier: dropout", o.dropout);
  expect_least("node_classifier: l2", o.l2, 0);
  expect_least("node_classifier: l2_rest", o.l2_rest, 0);
  if (o.fanouts.empty()) return o;
  const auto fanouts = static_cast<offset>(o.fanouts.size());
  expect(can_sample, "fanouts: expected none with layers or prompts that need the whole graph",
         fanouts);
  expect(fanouts == o.layers,
         "fanouts: expected " + std::to_string(o.layers) + ", one for each layer", fanouts);
  expect_fanouts("node_classifier: fanout", o.fanouts);
  return o;
}
/// The options of its network.
[[nodiscard]] inline node_network_options of_network(const node_classifier_options& o) {
  return {.hidden = o.hidden,
          .layers = o.layers,
          .input_dropout = o.input_dropout,
          .dropout = o.dropout,
          .seed = o.seed};
}
}  // namespace detail

}  // namespace filigree
