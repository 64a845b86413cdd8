// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/fixed_edges.hpp>
#include <filigree/ops/add_bias.hpp>
#include <filigree/ops/edge_softmax.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/moving_average.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/ops/normalize_edges.hpp>
#include <filigree/ops/scale.hpp>
#include <filigree/ops/sigmoid.hpp>
#include <filigree/ops/subtract_mean.hpp>
#include <filigree/ops/tie_edges.hpp>

#include <optional>
#include <string>
#include <utility>

namespace filigree {

/// What makes a weight of a score: the sigmoid, a softmax over the edges of each row, or nothing.
enum class squash { sigmoid, softmax, identity };

/// How the weights of edges that adapt are normalized.
enum class edge_scaling {
  by_degree,  ///< times 1 / sqrt(deg r * deg c), as fixed edges weigh: LightGCN's
  none,       ///< the bare weights
  row,        ///< divided by the sum of the weights of each row
  symmetric,  ///< D_r^-1/2 A D_c^-1/2, D the sums of the weights of each row and column
};

/// What the L2 penalty of edge weights is on: the weight (after squashing), the logit (before), or
/// the weight's deviation from the mean of all.
enum class edge_penalty { weight, logit, deviation };

namespace detail {

/// Lists what all policies choose whose edges adapt.
template <class P, class F>
void see_edge_choices(P& p, F& f) {
  f("temperature", p.temperature);
  f("squash", p.squash, squash::identity);
  f("scaling", p.scaling, edge_scaling::symmetric);
  f("detached", p.detached);
  f("tied", p.tied);
  f("l2", p.l2);
  f("penalize", p.penalize, edge_penalty::deviation);
  f("average", p.average);
}

/// What turns scores into weights, in every policy whose edges adapt. `P` has the fields
/// temperature, squash, scaling, detached, tied, l2, penalize, average.
template <class T, backend B, class P>
class edge_finish {
 public:
  edge_finish(const P& p, const B& on, const graph<B>& g) : p_(p), undirected_(g.is_undirected()) {
    expect_above_0("edges: temperature", p.temperature);
    expect_least("edges: l2", p.l2, 0);
    expect_below_1("edges: average", p.average);
    refresh(on, g);
  }

  /// What inference uses instead of scores: the moving average, once there is one.
  template <recorder R>
  [[nodiscard]] bool remembers() const {
    return !R::learns && average_.value.size() > 0;
  }
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> from_average(
      R& r, const graph<B>& g, const std::optional<typename R::var>& gate) const {
    return {gated(r, g, r.constant(average_.value), gate)};
  }
  /// From scores: temperature, ties, squash, average, penalty, gate, normalization.
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> from_scores(
      R& r, const graph<B>& g, typename R::var score,
      const std::optional<typename R::var>& gate) const {
    if (p_.temperature != 1) score = r(scale{1 / static_cast<double>(p_.temperature)}, score);
    if (p_.tied && undirected_) score = r(tie_edges{g}, score);
    auto a = score;
    if (p_.squash == squash::sigmoid) a = r(sigmoid{}, score);
    if (p_.squash == squash::softmax)
      a = gate ? r(edge_softmax{g}, score, *gate) : r(edge_softmax{g}, score);
    return from_weights(r, g, a, score, gate);
  }
  /// From squashed scores.
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> from_weights(
      R& r, const graph<B>& g, typename R::var a, std::optional<typename R::var> score,
      const std::optional<typename R::var>& gate) const {
    weighed_edges<typename R::var> out{a};
    if (R::learns && p_.l2 > 0) out.penalty = penalty(r, g, a, score, gate);
    if (R::learns && p_.average > 0)
      a = r(moving_average<T, B>{static_cast<double>(p_.average),
                                 average_.value.size() ? &average_.value : nullptr, &average_.next},
            a);
    out.weight = gated(r, g, a, gate);
    return out;
  }
  /// Whether nothing but the factors of the degrees comes after the sigmoid, so that one operation
  /// does both.
  [[nodiscard]] bool is_plain() const {
    return p_.squash == squash::sigmoid && p_.l2 == 0 && p_.average == 0 &&
           (p_.scaling == edge_scaling::by_degree || p_.scaling == edge_scaling::none);
  }
  /// The factors of the degrees where the policy scales by these, else null.
  [[nodiscard]] const matrix<T, B>* base() const { return base_.size() ? &base_ : nullptr; }

  [[nodiscard]] bool tied(bool same_score) const {
    return undirected_ && (same_score || p_.tied) && p_.squash != squash::softmax &&
           p_.scaling != edge_scaling::row;
  }
  /// The graph has lost edges.
  void shrink(const B& on, const graph<B>& g) { refresh(on, g); }
  static void members(auto& self, auto&& see) { see("edges.average", per_edge(self.average_)); }

 private:
  template <recorder R>
  [[nodiscard]] typename R::var gated(R& r, const graph<B>& g, typename R::var a,
                                      const std::optional<typename R::var>& gate) const {
    if (p_.scaling == edge_scaling::by_degree)
      return gate ? r(multiply{}, a, gated_by_degree(r, g, normalization::symmetric, *gate))
                  : r(multiply{}, a, r.constant(base_));
    if (gate && p_.squash != squash::softmax) a = r(multiply{}, a, *gate);
    // A softmax has the gate inside, but an average still holds what has been pruned since.
    if (gate && p_.squash == squash::softmax && p_.average > 0)
      a = r(multiply{}, a, r.constant(matrix<T, B>(r.value(*gate))));
    if (p_.scaling == edge_scaling::none) return a;
    const auto by =
        p_.scaling == edge_scaling::row ? degree_scaling::row : degree_scaling::symmetric;
    return r(normalize_edges{g, by, p_.detached, p_.squash == squash::identity}, a);
  }
  /// A mean over the edges that the gate lets pass, without a gradient at the gate.
  template <recorder R>
  [[nodiscard]] typename R::var penalty(R& r, const graph<B>& g, typename R::var a,
                                        const std::optional<typename R::var>& score,
                                        const std::optional<typename R::var>& gate) const {
    auto x = p_.penalize == edge_penalty::logit ? *score : a;
    if (gate && p_.squash == squash::softmax && p_.penalize != edge_penalty::logit)
      x = r(edge_softmax{g}, *score, r.constant(matrix<T, B>(r.value(*gate))));
    const bool deviates = p_.penalize == edge_penalty::deviation;
    const auto l2 = static_cast<double>(p_.l2);
    if (!gate)
      return r(l2_penalty{l2 / static_cast<double>(std::max<offset>(1, g.edges()))},
               deviates ? r(subtract_mean{}, x) : x);
    const auto root = root_of_share(r, r.value(*gate));
    auto part = r(multiply{}, x, root);
    if (deviates) {
      const auto mean = r(matmul{.transpose_a = true}, root, part);
      part = r(multiply{}, r(add_bias{}, x, r(scale{-1}, mean)), root);
    }
    return r(l2_penalty{l2}, part);
  }
  template <recorder R>
  [[nodiscard]] static typename R::var root_of_share(R& r, const matrix<T, B>& gate) {
    const B& on = r.on();
    auto passing = on.template allocate<T>(1);
    on.sum(gate.size(), kernels::element<T>{gate.data()}, passing.data(), 1);
    matrix<T, B> root(on, gate.shape());
    on.for_each(gate.size(), kernels::root_of_share<T>{gate.data(), passing.data(), root.data()});
    return r.constant(std::move(root));
  }
  void refresh(const B& on, const graph<B>& g) {
    if (p_.scaling == edge_scaling::by_degree)
      base_ = weights_by_degree<T>(on, g, normalization::symmetric);
  }

  P p_;
  bool undirected_;
  matrix<T, B> base_;
  running_average<T, B> average_{};  ///< of the weights; the operation that writes `next` blends
};

}  // namespace detail

}  // namespace filigree
