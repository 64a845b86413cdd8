// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/tape.hpp>

#include <concepts>
#include <cstdint>
#include <string>

namespace filigree {

/// Does nothing after a training step.
struct nothing_to_observe {
  static void observe() {}
};
/// For models whose checkpoints only require parameters of the same names and shapes.
struct no_identity {
  [[nodiscard]] static std::string identity() { return {}; }
};

/// Anything that `fit` can train: `m.loss(r, batch)` returns the (1 x 1) loss on any recorder,
/// `m.steps(size)` and `m.sample(seed, epoch, step, size)` define the batches of an epoch, and
/// `members` lists its members. `m.observe()` is called after a training step, once averages are
/// updated (`end_step` does both). `m.identity()` is what a checkpoint must agree with: data and
/// options, `name value, name value`.
template <class M>
concept model = has_members<M> &&
    requires(M& m, const M& c, tape<typename M::scalar, typename M::backend_type>& r,
             const typename M::batch& batch, std::uint64_t seed, offset n) {
  {
    m.loss(r, batch)
    } -> std::same_as<typename tape<typename M::scalar, typename M::backend_type>::var>;
  { m.steps(n) } -> std::same_as<offset>;
  { m.sample(seed, n, n, n) } -> std::same_as<typename M::batch>;
  m.observe();
  { c.identity() } -> std::convertible_to<std::string>;
  { m.on() } -> std::same_as<const typename M::backend_type&>;
};

/// Ends a training step: updates running averages and notifies the model. Custom training loops
/// call it after the optimizer.
template <model M>
void end_step(M& m) {
  move_averages(m.on(), m);
  m.observe();
}

}  // namespace filigree
