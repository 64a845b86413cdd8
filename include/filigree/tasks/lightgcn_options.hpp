// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/sampler.hpp>

#include <cstdint>

namespace filigree {

/// How the layers' embeddings are combined: their mean (alpha_k = 1 / (layers + 1)), the last one
/// only, or weights that are a softmax of learned logits.
enum class layer_weights { mean, last, learned };

/// The type in which layers are stored while training: the model's own, or half of a float.
enum class storage_type { own, bf16 };

/// Options of a LightGCN.
struct lightgcn_options {
  index dim = 64;  ///< length of an embedding
  int layers = 3;  ///< rounds of propagation
  /// lambda of lambda / 2 * (|u|^2 + |i|^2 + |j|^2) / batch on the batch's own rows
  float l2 = 1e-4f;
  layer_weights combine = layer_weights::mean;  ///< of the layers, layer 0 included
  bpr_sampling sampling{};                      ///< of positives and negatives
  float spread = 0.1f;                          ///< standard deviation of the initial embeddings
  std::uint64_t seed = 1;                       ///< for the initial embeddings
  /// `bf16` halves the bytes that training reads along edges, which is most of them. Embeddings,
  /// their sums and gradients stay of the model's type, and so does inference.
  storage_type storage = storage_type::own;

  /// Lists each option, apart from `storage`, which a trained model has no use for.
  static void options(auto& self, auto&& see) {
    see("dim", self.dim);
    see("layers", self.layers);
    see("l2", self.l2);
    see("combine", self.combine, layer_weights::learned);
    bpr_sampling::options(self.sampling, see);
    see("spread", self.spread);
    see("seed", self.seed);
  }
};

namespace detail {
/// Throws `range_error` for options out of range.
inline void expect_choices(const lightgcn_options& o) {
  expect_least("embedding: dim", o.dim, 1);
  expect_least("lightgcn: layers", o.layers, 0);
  expect_least("embedding: l2", o.l2, 0);
  expect_least("embedding: spread", o.spread, 0);
  expect_least("sampling: negatives", o.sampling.count, 1);
}
}  // namespace detail

}  // namespace filigree
