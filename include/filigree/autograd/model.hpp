// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/policy.hpp>
#include <filigree/autograd/tape.hpp>

#include <concepts>
#include <cstdint>
#include <string>

namespace filigree {

/// Whatever `fit` can train: `m.loss(r, batch)` gives the (1 x 1) loss on any recorder,
/// `m.steps(size)` and `m.sample(seed, epoch, step, size)` the batches of an epoch, and
/// `m.visit(f)` calls f(name, parameter) for each parameter. Optimizers, freezing by name,
/// checkpoints and counts all go through visit.
template <class M>
concept model = requires(M& m, tape<typename M::scalar, typename M::backend_type>& r,
                         const typename M::batch& batch, std::uint64_t seed, offset n) {
  {
    m.loss(r, batch)
    } -> std::same_as<typename tape<typename M::scalar, typename M::backend_type>::var>;
  { m.steps(n) } -> std::same_as<offset>;
  { m.sample(seed, n, n, n) } -> std::same_as<typename M::batch>;
  m.visit(detail::any_visitor{});
  { m.on() } -> std::same_as<const typename M::backend_type&>;
};

}  // namespace filigree
