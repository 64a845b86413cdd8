// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/policy.hpp>

namespace filigree {

/// Base for optimizers that keep no state between steps.
struct nothing_to_reserve {
  static void reserve(const auto& /*on*/, const auto& /*parameter*/) {}
};

/// Turns gradients into updates. `s.rate_factor` scales the policy's learning rate (set by a
/// schedule); `s.step(on, p)` updates one parameter from its gradient, and keeps masked elements
/// and their slots at zero. All state is stored in the parameter's slots and counts; `s.reserve(on,
/// p)` creates them before the first step, and `nothing_to_reserve` is for optimizers without any.
template <class P, class T, class B>
concept optimizer = policy<P, T, B> &&
    requires(typename P::template state<T, B>& s, const B& on, parameter<T, B>& p) {
  s.rate_factor = 0.5;
  s.step(on, p);
  s.reserve(on, p);
};

}  // namespace filigree
