// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/nn/random_streams.hpp>
#include <filigree/nn/take.hpp>
#include <filigree/ops/dropout.hpp>
#include <filigree/ops/head_dot.hpp>
#include <filigree/ops/leaky_relu.hpp>
#include <filigree/ops/sum_ends.hpp>

#include <cmath>
#include <string>

namespace filigree {

/// Attention over edges (GAT: Velickovic et al., "Graph attention networks", 2018): each of several
/// heads weights the edges of a row by a softmax of leaky_relu(<a, m_r> + <b, m_c>), where m_r and
/// m_c are the head's share of the ends' messages, and a and b are learned. Weights are (edges x
/// heads).
struct attention_edges {
  offset heads = 8;       ///< each has a share of the columns
  offset head_heads = 1;  ///< the same if the layer scores classes
  double slope = 0.2;     ///< of leaky_relu below 0
  float dropout = 0;      ///< dropout rate of the weights during training

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("heads", self.heads);
    see("head_heads", self.head_heads);
    see("slope", self.slope);
    see("dropout", self.dropout);
  }

  template <class T, backend B>
  class state;
};

template <class T, backend B>
class attention_edges::state : public untied, public weighed_once {
 public:
  static constexpr bool can_sample = true;
  /// Throws `range_error` if the heads do not divide the columns evenly, for a slope that is not
  /// finite and for a dropout outside [0, 1).
  state(const attention_edges& p, const B& on, const part_spec<B>& spec)
      : p_(p), heads_(spec.head ? p.head_heads : p.heads) {
    if (heads_ < 1 || spec.out % heads_ != 0)
      throw range_error("attention_edges: heads: expected a divisor of " +
                        std::to_string(spec.out) + " columns, got " + std::to_string(heads_));
    detail::expect_finite("attention_edges: slope", p.slope);
    detail::expect_below_1("attention_edges: dropout", p.dropout);
    // Fan-in plus fan-out is (columns of a head + 1).
    const offset width = spec.out / heads_;
    const auto drawn = [&](const char* name) {
      auto p_of = glorot<T>(on, {1, spec.out}, spec.seed, name);
      const double wanted = std::sqrt(2 / static_cast<double>(1 + width)),
                   got = std::sqrt(2 / static_cast<double>(1 + spec.out));
      on.for_each(spec.out, kernels::scaled_copy<T>{static_cast<T>(wanted / got), p_of.value.data(),
                                                    p_of.value.data()});
      return p_of;
    };
    from_ = drawn("attention.from");
    to_ = drawn("attention.to");
  }

  /// In a sampled block, the softmax is over the sampled neighbors.
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(R& r, const gated_view<R>& g,
                                                     typename R::var m,
                                                     random_streams& random) const {
    const auto from = detail::take(r, g.targets(), r(head_dot{heads_}, m, r.leaf(from_)));
    const auto to = r(head_dot{heads_}, m, r.leaf(to_));
    auto w = g.softmax(r, r(leaky_relu{p_.slope}, r(sum_ends{g.pattern()}, from, to)));
    if (R::learns && p_.dropout > 0) w = r(filigree::dropout{p_.dropout, random.next()}, w);
    return {w};
  }
  static void members(auto& self, auto&& see) {
    see("attention.from", self.from_);
    see("attention.to", self.to_);
  }

 private:
  attention_edges p_;
  offset heads_;
  parameter<T, B> from_, to_;
};

}  // namespace filigree
