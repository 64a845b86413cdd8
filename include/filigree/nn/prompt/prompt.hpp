// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/softmax.hpp>

#include <string>

namespace filigree {

// Soft prompts: a few learned numbers that change the input of a backbone, so that the backbone
// itself need not be trained (freeze it: `freeze(model, "layers.")`). Policies with
//
// - `extra_nodes()`: how many nodes are added to the graph
// - `layer()`: which layer's input changes, from 0
// - `state(policy, on, spec)` for spec.in columns of that input, `s.apply(r, x)`, `members`

/// No prompt.
struct no_prompt {
  [[nodiscard]] static offset extra_nodes() { return 0; }
  [[nodiscard]] static int layer() { return 0; }
  template <class T, backend B>
  struct state : no_members {
    state(const no_prompt&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] activation<R> apply(R&, activation<R> x) const {
      return x;
    }
  };
};

/// x + p: one vector for all nodes (GPF: Fang et al., "Universal prompt tuning for graph neural
/// networks", 2023). p starts at 0.
struct gpf {
  int at = 0;  ///< the layer, from 0

  /// Lists each option.
  static void options(auto& self, auto&& see) { see("at", self.at); }

  [[nodiscard]] static offset extra_nodes() { return 0; }
  [[nodiscard]] int layer() const { return at; }
  template <class T, backend B>
  class state {
   public:
    state(const gpf&, const B& on, const part_spec<B>& spec)
        : token_(detail::row_of<T>(on, spec.in, T(0))) {}
    template <recorder R>
    [[nodiscard]] activation<R> apply(R& r, const activation<R>& x) const {
      return x.plus({}, r.leaf(token_));
    }
    static void members(auto& self, auto&& see) { see("token", self.token_); }

   private:
    parameter<T, B> token_;
  };
};

/// x + softmax(x K') P: for each node, its own mix of `tokens` vectors (GPF-plus, same paper). P is
/// (tokens x columns) and starts at 0; K is (tokens x columns).
struct gpf_plus {
  offset tokens = 8;  ///< number of vectors that are mixed
  int at = 0;         ///< the layer, from 0

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("tokens", self.tokens);
    see("at", self.at);
  }

  [[nodiscard]] static offset extra_nodes() { return 0; }
  [[nodiscard]] int layer() const { return at; }
  template <class T, backend B>
  class state {
   public:
    /// Throws `range_error` for fewer than one token.
    state(const gpf_plus& p, const B& on, const part_spec<B>& spec)
        : key_(glorot<T>(on, {spec.in, checked(p).tokens}, spec.seed, "key")),
          token_(matrix<T, B>::zeros(on, {p.tokens, spec.in})) {}
    template <recorder R>
    [[nodiscard]] activation<R> apply(R& r, const activation<R>& x) const {
      return x.plus(r(softmax{}, x.times(r, r.leaf(key_))), r.leaf(token_));
    }
    static void members(auto& self, auto&& see) {
      see("key", self.key_);
      see("tokens", self.token_);
    }

   private:
    static gpf_plus checked(const gpf_plus& p) {
      detail::expect_least("gpf_plus: tokens", p.tokens, 1);
      return p;
    }
    parameter<T, B> key_, token_;
  };
};

/// The recommended prompt.
using soft_prompt = gpf_plus;

/// Nodes added to the graph as neighbors of all others, with learned features P, (count x columns).
struct prompt_nodes {
  offset count = 4;      ///< how many
  float spread = 0.01f;  ///< standard deviation of their initial features

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("count", self.count);
    see("spread", self.spread);
  }

  /// Throws `range_error` for fewer than one.
  [[nodiscard]] offset extra_nodes() const {
    detail::expect_least("prompt_nodes: count", count, 1);
    return count;
  }
  [[nodiscard]] static int layer() { return 0; }
  template <class T, backend B>
  class state {
   public:
    /// Throws `range_error` for fewer than one node and for a spread that is negative or not
    /// finite.
    state(const prompt_nodes& p, const B& on, const part_spec<B>& spec)
        : node_(matrix<T, B>(on, {p.extra_nodes(), spec.in})) {
      detail::expect_least("prompt_nodes: spread", p.spread, 0);
      on.for_each(node_.value.size(), kernels::fill_normal<T>{{.key = seed_of(spec.seed, "nodes")},
                                                              static_cast<T>(p.spread),
                                                              node_.value.data()});
    }
    template <recorder R>
    [[nodiscard]] activation<R> apply(R& r, const activation<R>& x) const {
      return x.above(r.leaf(node_));
    }
    static void members(auto& self, auto&& see) { see("nodes", self.node_); }

   private:
    parameter<T, B> node_;
  };
};

}  // namespace filigree
