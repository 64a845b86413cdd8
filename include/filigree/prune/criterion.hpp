// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/random.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <type_traits>

namespace filigree {

/// What a weight w with the gradient g is worth; the least worthy are pruned. Gradients are those
/// of the data loss, added up over the batches since the last pruning.
enum class criterion {
  saliency,      ///< sum over batches of |g w|: how much the loss depends on it
  net_saliency,  ///< |sum over batches of g w|: the same where batches agree; what pulls to and fro
                 ///< counts little
  movement,      ///< sum over batches of -g w: whether training moves it away from 0 (Sanh et al.,
                 ///< 2020)
  magnitude,     ///< |w|
  random,        ///< a uniform number: the control
};

namespace detail {
/// Whether a criterion needs the gradient at the gate.
[[nodiscard]] inline bool needs_gradient(criterion by) {
  return by != criterion::magnitude && by != criterion::random;
}
/// A criterion of the user's own, by(weight, saliency), may need it.
template <class By>
[[nodiscard]] bool needs_gradient(const By&) {
  return true;
}
/// Whether it is signed numbers that add up.
template <class By>
[[nodiscard]] bool is_signed(const By& by) {
  if constexpr (std::is_same_v<By, criterion>)
    return by == criterion::movement || by == criterion::net_saliency;
  else
    return false;
}

/// Makes the score of each element in place, from what its gradients added up to; `weights()` are
/// those of the elements. `draw` tells one pruning's random numbers from the next one's.
template <class By, class T, backend B, class Weights>
void finish_scores(const B& on, const By& by, const offset* partner, std::uint64_t seed,
                   std::uint64_t draw, const Weights& weights, matrix<T, B>& score) {
  if constexpr (std::is_same_v<By, criterion>) {
    if (by == criterion::net_saliency)
      on.for_each(score.size(), kernels::absolute<T>{score.data()});
    if (by == criterion::magnitude) {
      const matrix<T, B> weight = weights();
      on.for_each(score.size(), kernels::magnitude_score<T>{weight.data(), partner, score.data()});
    }
    if (by == criterion::random)
      on.for_each(score.size(),
                  kernels::random_score<T>{
                      {seed, stream_of(random_use::pruning_scores, draw)}, partner, score.data()});
  } else {
    const matrix<T, B> weight = weights();
    on.for_each(score.size(), kernels::own_score<By, T>{by, weight.data(), score.data()});
  }
}
}  // namespace detail

}  // namespace filigree
