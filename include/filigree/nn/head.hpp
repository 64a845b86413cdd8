// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/add_bias.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/normalize_rows.hpp>
#include <filigree/ops/scale.hpp>

namespace filigree {

// Heads compute class scores, (n x classes), from features (n x d): policies with `state(policy,
// on, spec)`, `s.scores(r, x)` and `members`.

/// One more layer of the same kind along the graph, as in GCN and GAT; implemented by the model
/// itself.
struct conv_head {};

/// x W + b
struct linear_head {
  template <class T, backend B>
  class state {
   public:
    state(const linear_head&, const B& on, const part_spec<B>& spec)
        : weight_(glorot<T>(on, {spec.in, spec.out}, spec.seed, "weight")),
          bias_(detail::row_of<T>(on, spec.out, T(0))) {}
    template <recorder R>
    [[nodiscard]] typename R::var scores(R& r, typename R::var x) const {
      return r(add_bias{}, r(matmul{}, x, r.leaf(weight_)), r.leaf(bias_));
    }
    static void members(auto& self, auto&& see) {
      see("weight", self.weight_);
      see("bias", self.bias_);
    }

   private:
    parameter<T, B> weight_, bias_;
  };
};

/// The similarity of x to a learned prototype of each class: their cosine divided by a temperature.
struct prototype_head {
  float temperature = 0.1f;  ///< divides the cosine

  /// Lists each option.
  static void options(auto& self, auto&& see) { see("temperature", self.temperature); }

  template <class T, backend B>
  class state {
   public:
    /// Throws `range_error` for a temperature that is not above 0.
    state(const prototype_head& p, const B& on, const part_spec<B>& spec)
        : by_(1 / static_cast<double>(p.temperature)),
          prototype_(glorot<T>(on, {spec.out, spec.in}, spec.seed, "prototypes")) {
      detail::expect_above_0("prototype_head: temperature", p.temperature);
    }
    template <recorder R>
    [[nodiscard]] typename R::var scores(R& r, typename R::var x) const {
      return r(scale{by_}, r(matmul{.transpose_b = true}, r(normalize_rows{}, x),
                             r(normalize_rows{}, r.leaf(prototype_))));
    }
    static void members(auto& self, auto&& see) { see("prototypes", self.prototype_); }

   private:
    double by_;
    parameter<T, B> prototype_;
  };
};

}  // namespace filigree
