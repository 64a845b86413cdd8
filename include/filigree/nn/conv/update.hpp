// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/conv/aggregate.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/relu.hpp>

namespace filigree {

// What a node sends, and how it is updated from the aggregated messages: policies with
// `state(policy, on, spec)`,
//
// - `s.message(r, x)`: what the nodes send, (nodes x d), from the activation x
// - `s.update(r, x, m, a, only)`: the nodes' next rows, from x, the messages m and the aggregated
//   messages a; `a` and the result have the rows of `only` if that is not null
// - `members`
//
// and `loops`: whether a node's own features are included only if it is its own neighbor.

/// a, where the message is x W, as in GCN and GAT.
struct linear_update {
  static constexpr bool loops = true;
  template <class T, backend B>
  class state {
   public:
    state(const linear_update&, const B& on, const part_spec<B>& spec)
        : weight_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "weight")) {}
    template <recorder R>
    [[nodiscard]] typename R::var message(R& r, const activation<R>& x) const {
      return x.times(r, r.leaf(weight_));
    }
    template <recorder R>
    [[nodiscard]] typename R::var update(R&, const activation<R>&, typename R::var,
                                         typename R::var a, const row_set<B>*) const {
      return a;
    }
    static void members(auto& self, auto&& see) { see("weight", self.weight_); }

   private:
    parameter<T, B> weight_;
  };
};

/// x W_own + a, where the message is x W: as in GraphSAGE (Hamilton et al., 2017). The mean of x W
/// is the mean of x, times W.
struct own_update {
  static constexpr bool loops = false;
  template <class T, backend B>
  class state {
   public:
    state(const own_update&, const B& on, const part_spec<B>& spec)
        : weight_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "weight")),
          own_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "own")) {}
    template <recorder R>
    [[nodiscard]] typename R::var message(R& r, const activation<R>& x) const {
      return x.times(r, r.leaf(weight_));
    }
    template <recorder R>
    [[nodiscard]] typename R::var update(R& r, const activation<R>& x, typename R::var,
                                         typename R::var a, const row_set<B>* only) const {
      return r(add{}, detail::take(r, only, x.times(r, r.leaf(own_))), a);
    }
    static void members(auto& self, auto&& see) {
      see("weight", self.weight_);
      see("own", self.own_);
    }

   private:
    parameter<T, B> weight_, own_;
  };
};

/// x W_own + a W, where the message is relu(x W_pool + b): GraphSAGE with a nonlinear pool, for the
/// maximum over the neighbors.
struct pooled_update {
  static constexpr bool loops = false;
  template <class T, backend B>
  class state {
   public:
    state(const pooled_update&, const B& on, const part_spec<B>& spec)
        : pool_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "pool")),
          shift_(detail::row_of<T>(on, spec.out, T(0))),
          weight_(glorot<T>(on, {spec.out, spec.out}, spec.seed, "weight")),
          own_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "own")) {}
    template <recorder R>
    [[nodiscard]] typename R::var message(R& r, const activation<R>& x) const {
      return r(relu{}, r(add_bias{}, x.times(r, r.leaf(pool_)), r.leaf(shift_)));
    }
    template <recorder R>
    [[nodiscard]] typename R::var update(R& r, const activation<R>& x, typename R::var,
                                         typename R::var a, const row_set<B>* only) const {
      return r(add{}, detail::take(r, only, x.times(r, r.leaf(own_))),
               r(matmul{}, a, r.leaf(weight_)));
    }
    static void members(auto& self, auto&& see) {
      see("pool", self.pool_);
      see("shift", self.shift_);
      see("weight", self.weight_);
      see("own", self.own_);
    }

   private:
    parameter<T, B> pool_, shift_, weight_, own_;
  };
};

/// a, where the message is x itself: propagation in LightGCN.
struct no_update {
  static constexpr bool loops = false;
  template <class T, backend B>
  struct state : no_members {
    /// Throws `shape_error` for a layer that would change the width.
    state(const no_update&, const B&, const part_spec<B>& spec) {
      detail::expect_equal("no_update: columns of the result", spec.in, spec.out);
    }
    template <recorder R>
    [[nodiscard]] typename R::var message(R& r, const activation<R>& x) const {
      return x.dense(r);
    }
    template <recorder R>
    [[nodiscard]] typename R::var update(R&, const activation<R>&, typename R::var,
                                         typename R::var a, const row_set<B>*) const {
      return a;
    }
  };
};

}  // namespace filigree
