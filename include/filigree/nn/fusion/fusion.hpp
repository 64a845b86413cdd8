// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/one_of.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/add_bias.hpp>
#include <filigree/ops/blend.hpp>
#include <filigree/ops/concat_columns.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/sigmoid.hpp>
#include <filigree/ops/softmax.hpp>
#include <filigree/ops/weigh.hpp>

namespace filigree {

// How a node's own features, h_v, are fused with those of its context, h_G, both (nodes x d):
// policies with `state(policy, on, spec)` for spec.in = d, `s.fuse(r, node, context)`, `members`,
// and `columns(d)`, the number of columns of the result. `needs_node` says whether h_v is used at
// all.

/// h_G alone.
struct no_fusion {
  static constexpr bool needs_node = false;
  [[nodiscard]] static offset columns(offset d) { return d; }
  template <class T, backend B>
  struct state : no_members {
    state(const no_fusion&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var fuse(R&, typename R::var, typename R::var context) const {
      return context;
    }
  };
};

/// [h_v || h_G]
struct concat_fusion {
  static constexpr bool needs_node = true;
  [[nodiscard]] static offset columns(offset d) { return 2 * d; }
  template <class T, backend B>
  struct state : no_members {
    state(const concat_fusion&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var fuse(R& r, typename R::var node, typename R::var context) const {
      return r(concat_columns{}, node, context);
    }
  };
};

/// a h_v + b h_G, where a and b are the softmax of two learned numbers.
struct sum_fusion {
  static constexpr bool needs_node = true;
  [[nodiscard]] static offset columns(offset d) { return d; }
  template <class T, backend B>
  class state {
   public:
    state(const sum_fusion&, const B& on, const part_spec<B>&)
        : logits_(detail::row_of<T>(on, 2, T(0))) {}
    template <recorder R>
    [[nodiscard]] typename R::var fuse(R& r, typename R::var node, typename R::var context) const {
      const auto share = r(softmax{}, r.leaf(logits_));
      return r(add{}, r(weigh{0}, node, share), r(weigh{1}, context, share));
    }
    static void members(auto& self, auto&& see) { see("logits", self.logits_); }

   private:
    parameter<T, B> logits_;
  };
};

/// g h_v + (1 - g) h_G, where g = sigmoid(w [h_v || h_G] + b) is one number for each node, or one
/// for each of its features.
struct gated_fusion {
  bool per_feature = false;  ///< a gate for each feature instead of one for each node
  float start = 0;           ///< initial value of b: below 0, g leans toward a node's context

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("per_feature", self.per_feature);
    see("start", self.start);
  }

  static constexpr bool needs_node = true;
  [[nodiscard]] static offset columns(offset d) { return d; }
  template <class T, backend B>
  class state {
   public:
    /// Throws `range_error` for a start that is not finite.
    state(const gated_fusion& p, const B& on, const part_spec<B>& spec)
        : node_(weight(p, on, spec, "gate.node")),
          context_(weight(p, on, spec, "gate.context")),
          bias_(detail::row_of<T>(on, gates(p, spec), static_cast<T>(p.start))) {
      detail::expect_finite("gated_fusion: start", p.start);
    }
    template <recorder R>
    [[nodiscard]] typename R::var fuse(R& r, typename R::var node, typename R::var context) const {
      return r(blend{}, gate(r, node, context), node, context);
    }
    /// g, (nodes x 1) or (nodes x d).
    template <recorder R>
    [[nodiscard]] typename R::var gate(R& r, typename R::var node, typename R::var context) const {
      return r(sigmoid{},
               r(add_bias{},
                 r(add{}, r(matmul{}, node, r.leaf(node_)), r(matmul{}, context, r.leaf(context_))),
                 r.leaf(bias_)));
    }
    static void members(auto& self, auto&& see) {
      see("gate.node", self.node_);
      see("gate.context", self.context_);
      see("gate.bias", self.bias_);
    }

   private:
    [[nodiscard]] static offset gates(const gated_fusion& p, const part_spec<B>& spec) {
      return p.per_feature ? spec.in : 1;
    }
    [[nodiscard]] static parameter<T, B> weight(const gated_fusion& p, const B& on,
                                                const part_spec<B>& spec, const char* name) {
      return glorot<T>(on, {spec.in, gates(p, spec)}, spec.seed, name);
    }
    parameter<T, B> node_, context_, bias_;
  };
};

namespace detail {
/// Whether a fusion, chosen at run time or not, reads the node's own representation.
template <class Fusion>
[[nodiscard]] bool reads_node(const Fusion& fusion) {
  return ask(fusion, [](const auto& f) { return f.needs_node; });
}
}  // namespace detail

}  // namespace filigree
