// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/nn/conv/batch_norm.hpp>
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/ops/weigh.hpp>

namespace filigree {

/// Updates a node to relu(norm(((1 + e) x + a) W)) V, where a is the sum of its neighbors' x: the
/// two-layer MLP of GIN (Xu et al., "How powerful are graph neural networks?", 2019). The message
/// is x W, since the sum of x W is the sum of x, times W. e is learned and starts at 0. There is no
/// bias: a norm would cancel it, and Adam would update it by rounding errors. If no norm follows,
/// use `with_bias`.
struct mlp_update {
  float ema_decay = 0.9f;  ///< decay of the running means of the norm

  /// Lists each option.
  static void options(auto& self, auto&& see) { see("ema_decay", self.ema_decay); }

  static constexpr bool loops = false;
  template <class T, backend B>
  class state {
   public:
    /// Throws `range_error` for an ema_decay outside [0, 1].
    state(const mlp_update& p, const B& on, const part_spec<B>& spec)
        : epsilon_(detail::row_of<T>(on, 1, T(1))),
          first_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "first")),
          second_(glorot<T>(on, {spec.out, spec.out}, spec.seed, "second")),
          norm_(on, spec.out, p.ema_decay) {}
    template <recorder R>
    [[nodiscard]] typename R::var message(R& r, const activation<R>& x) const {
      return x.times(r, r.leaf(first_));
    }
    template <recorder R>
    [[nodiscard]] typename R::var update(R& r, const activation<R>&, typename R::var m,
                                         typename R::var a, const row_set<B>* only) const {
      const auto own = r(weigh{0}, detail::take(r, only, m), r.leaf(epsilon_));
      const auto y = r(relu{}, norm_.apply(r, r(add{}, own, a)));
      return r(matmul{}, y, r.leaf(second_));
    }
    static void members(auto& self, auto&& see) {
      see("own", self.epsilon_);  // 1 + e
      see("first", self.first_);
      see("second", self.second_);
      see("inner", self.norm_);
    }

   private:
    parameter<T, B> epsilon_, first_, second_;
    detail::batch_norm_part<T, B> norm_;
  };
};

/// Graph isomorphism network (Xu et al., 2019), with a norm after each layer.
using gin = graph_conv<equal_edges, sum_neighbors, mlp_update, with_batch_norm, with_relu>;

}  // namespace filigree
