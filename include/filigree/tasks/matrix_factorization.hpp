// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/tasks/lightgcn.hpp>

#include <cstdint>
#include <utility>

namespace filigree {

/// Options of a matrix factorization.
struct matrix_factorization_options {
  index dim = 64;           ///< length of an embedding
  float l2 = 1e-4f;         ///< as in lightgcn_options
  bpr_sampling sampling{};  ///< of positives and negatives
  float spread = 0.1f;      ///< standard deviation of the initial embeddings
  std::uint64_t seed = 1;   ///< for the initial embeddings

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("dim", self.dim);
    see("l2", self.l2);
    bpr_sampling::options(self.sampling, see);
    see("spread", self.spread);
    see("seed", self.seed);
  }
};

/// Matrix factorization trained with BPR (Rendle et al., 2009): a LightGCN without propagation.
template <backend B, class T = float>
class matrix_factorization : public lightgcn<B, fixed_edges, T> {
 public:
  /// Throws `range_error` for options out of range, or data without users or items.
  explicit matrix_factorization(interactions train, matrix_factorization_options o = {}, B on = {})
      : lightgcn<B, fixed_edges, T>(std::move(train),
                                    {.dim = o.dim,
                                     .layers = 0,
                                     .l2 = o.l2,
                                     .sampling = o.sampling,
                                     .spread = o.spread,
                                     .seed = o.seed},
                                    {}, on),
        chosen_(o) {}
  [[nodiscard]] const matrix_factorization_options& options() const { return chosen_; }

 private:
  matrix_factorization_options chosen_;
};

}  // namespace filigree
