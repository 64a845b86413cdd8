// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/edges/edge_policy.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/ops/moving_average.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/ops/scale.hpp>
#include <filigree/ops/sigmoid.hpp>
#include <filigree/ops/tie_edges.hpp>

#include <optional>
#include <string>
#include <utility>

namespace filigree {

/// The function that turns a score into a weight: the sigmoid, a softmax over the edges of each
/// row, or nothing.
enum class squash { sigmoid, softmax, identity };

/// How the weights of adaptive edges are normalized.
enum class edge_scaling {
  by_degree,  ///< times 1 / sqrt(deg r * deg c), like fixed edges in LightGCN
  none,       ///< the unnormalized weights
  row,        ///< divided by the sum of the weights of each row
  symmetric,  ///< D_r^-1/2 A D_c^-1/2, D the sums of the weights of each row and column
};

/// The quantity that the L2 penalty applies to: the weight (after squashing), the logit (before),
/// or the weight's deviation from the mean of all weights.
enum class edge_penalty { weight, logit, deviation };

namespace detail {

/// Lists the options common to all policies with adaptive edges.
template <class P, class F>
void see_edge_choices(P& p, F& f) {
  f("temperature", p.temperature);
  f("squash", p.squash, squash::identity);
  f("scaling", p.scaling, edge_scaling::symmetric);
  f("detached", p.detached);
  f("tied", p.tied);
  f("l2", p.l2);
  f("penalize", p.penalize, edge_penalty::deviation);
  f("ema_decay", p.ema_decay);
}

/// Turns scores into weights, in every policy with adaptive edges. `P` has the fields temperature,
/// squash, scaling, detached, tied, l2, penalize, ema_decay.
template <class T, backend B, class P>
class edge_finish {
 public:
  explicit edge_finish(const P& p) : p_(p) {
    expect_above_0("edges: temperature", p.temperature);
    expect_least("edges: l2", p.l2, 0);
    expect_below_1("edges: ema_decay", p.ema_decay);
  }

  /// Whether to use the moving average instead of scores: in inference, once there is one.
  template <recorder R>
  [[nodiscard]] bool remembers() const {
    return !R::learns && average_.value.size() > 0;
  }
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> from_average(R& r, const gated_view<R>& g) const {
    return {scaled(r, g, r.constant(average_.value))};
  }
  /// From scores: temperature, ties, squash, average, penalty, gate, normalization.
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> from_scores(R& r, const gated_view<R>& g,
                                                           typename R::var score) const {
    if (p_.temperature != 1) score = r(scale{1 / static_cast<double>(p_.temperature)}, score);
    if (p_.tied && g.is_undirected()) score = r(tie_edges{g.pattern()}, score);
    auto a = score;
    if (p_.squash == squash::sigmoid) a = r(sigmoid{}, score);
    if (p_.squash == squash::softmax) a = g.softmax(r, score);
    return from_weights(r, g, a, score);
  }
  /// From squashed scores.
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> from_weights(
      R& r, const gated_view<R>& g, typename R::var a,
      std::optional<typename R::var> score = {}) const {
    weighed_edges<typename R::var> out{a};
    if (R::learns && p_.l2 > 0)
      out.penalty = g.penalty(r, p_.penalize == edge_penalty::logit ? *score : a,
                              static_cast<double>(p_.l2), p_.penalize == edge_penalty::deviation);
    if (R::learns && p_.ema_decay > 0)
      a = r(moving_average<T, B>{static_cast<double>(p_.ema_decay),
                                 average_.value.size() ? &average_.value : nullptr, &average_.next},
            a);
    out.weight = scaled(r, g, a);
    return out;
  }
  /// Whether only the degree factors follow the sigmoid, so that one operation can do both.
  [[nodiscard]] bool is_plain() const {
    return p_.squash == squash::sigmoid && p_.l2 == 0 && p_.ema_decay == 0 &&
           (p_.scaling == edge_scaling::by_degree || p_.scaling == edge_scaling::none);
  }
  /// The degree factors; null if there are none.
  [[nodiscard]] const matrix<T, B>* base(const B& on, const auto& g) const {
    return p_.scaling == edge_scaling::by_degree ? g.degree_factors(on, normalization::symmetric)
                                                 : nullptr;
  }

  [[nodiscard]] bool tied(bool same_score) const {
    return (same_score || p_.tied) && p_.squash != squash::softmax &&
           p_.scaling != edge_scaling::row;
  }
  static void members(auto& self, auto&& see) { see("edges.average", per_edge(self.average_)); }

 private:
  template <recorder R>
  [[nodiscard]] typename R::var scaled(R& r, const gated_view<R>& g, typename R::var a) const {
    if (p_.scaling == edge_scaling::by_degree)
      return r(multiply{}, a, g.by_degree(r, normalization::symmetric));
    if (p_.squash != squash::softmax)
      a = g.apply(r, a);
    else if (p_.ema_decay > 0)  // closed edges are 0 in a softmax, but not in its average
      a = g.unwatched(r).apply(r, a);
    const auto how = p_.scaling == edge_scaling::row         ? normalization::row
                     : p_.scaling == edge_scaling::symmetric ? normalization::symmetric
                                                             : normalization::none;
    return g.normalize(r, a, how, p_.detached, p_.squash == squash::identity);
  }

  P p_;
  running_average<T, B> average_{};  ///< of the weights; the operation that writes `next` blends
};

}  // namespace detail

}  // namespace filigree
