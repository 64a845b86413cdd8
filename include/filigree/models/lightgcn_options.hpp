// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/sampler.hpp>

#include <cstdint>

namespace filigree {

/// How the layers' embeddings become one: their mean (alpha_k = 1 / (layers + 1)), the last alone,
/// or a softmax over learned logits.
enum class layer_weights { mean, last, learned };

/// What you choose of a LightGCN.
struct lightgcn_options {
  index dim = 64;  ///< length of an embedding
  int layers = 3;  ///< rounds of propagation
  /// lambda of lambda / 2 * (|u|^2 + |i|^2 + |j|^2) / batch on the batch's own rows
  float l2 = 1e-4f;
  layer_weights combine = layer_weights::mean;  ///< of the layers, layer 0 included
  bpr_sampling sampling{};                      ///< of positives and negatives
  float spread = 0.1f;                          ///< standard deviation of the first embeddings
  std::uint64_t seed = 1;                       ///< of the first embeddings
};

}  // namespace filigree
