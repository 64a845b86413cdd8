// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/random.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <type_traits>

namespace filigree {

/// The importance score of a weight w with gradient g; the lowest scores are pruned. Gradients are
/// those of the data loss, accumulated over the batches since the last pruning.
enum class criterion {
  saliency,      ///< sum over batches of |g w|: how much the loss depends on it
  net_saliency,  ///< |sum over batches of g w|: the same if batches agree; gradients that oscillate
                 ///< count little
  movement,      ///< sum over batches of -g w: how much training moves it away from 0 (Sanh et al.,
                 ///< 2020)
  magnitude,     ///< |w|
  random,        ///< a uniform random number: a control
};

namespace detail {
/// Whether a criterion needs the gradient at the gate.
[[nodiscard]] inline bool needs_gradient(criterion by) {
  return by != criterion::magnitude && by != criterion::random;
}
/// A user-defined criterion, by(weight, saliency), may need it.
template <class By>
[[nodiscard]] bool needs_gradient(const By&) {
  return true;
}
/// Whether signed values are accumulated.
template <class By>
[[nodiscard]] bool is_signed(const By& by) {
  if constexpr (std::is_same_v<By, criterion>)
    return by == criterion::movement || by == criterion::net_saliency;
  else
    return false;
}

/// Computes the score of each element in place, from its accumulated gradients; `weights()` returns
/// the weights of the elements. `draw` distinguishes the random numbers of one pruning from those
/// of the next.
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
