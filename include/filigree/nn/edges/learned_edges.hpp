// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/nn/edges/edge_choices.hpp>
#include <filigree/nn/part_spec.hpp>

namespace filigree {

/// Edges with one free, learned logit each: w = squash(logit / temperature), scaled. In an
/// undirected graph, an edge and its partner use the mean of their logits if `tied`.
struct learned_edges {
  float temperature = 1;  ///< divides the logits
  filigree::squash squash = filigree::squash::sigmoid;
  edge_scaling scaling = edge_scaling::by_degree;
  bool detached = false;  ///< no gradient through weighted degrees
  bool tied = true;       ///< both directions of an undirected edge have the same weight
  float start = 0;        ///< initial value of each logit
  float l2 = 0;  ///< lambda of lambda / 2 * the mean over edges of the squared penalized quantity
  edge_penalty penalize = edge_penalty::weight;
  float ema_decay = 0;  ///< b of the moving average b m + (1 - b) w, used for inference; 0: none

  static constexpr const char* kind = "learned";
  /// Lists each option, with the last value of each enum.
  static void options(auto& self, auto&& see) {
    detail::see_edge_choices(self, see);
    see("start", self.start);
  }
  template <class T, backend B>
  class state;
};

template <class T, backend B>
class learned_edges::state : public weighed_once, public needs_whole_graph {
 public:
  state(const learned_edges& p, const B& on, const part_spec<B>& spec)
      : finish_(p), logit_(matrix<T, B>(on, {detail::one_graph(spec).edges(), 1})) {
    detail::expect_finite("learned_edges: start", p.start);
    on.fill(logit_.value.data(), logit_.value.rows(), static_cast<T>(p.start));
  }

  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(R& r, const gated_view<R>& g, typename R::var,
                                                     random_streams&) const {
    if (finish_.template remembers<R>()) return finish_.from_average(r, g);
    return finish_.from_scores(r, g, r.leaf(logit_));
  }
  [[nodiscard]] bool tied() const { return finish_.tied(false); }
  static void members(auto& self, auto&& see) {
    see("edges.logit", per_edge(self.logit_));
    see("", self.finish_);
  }

 private:
  detail::edge_finish<T, B, learned_edges> finish_;
  parameter<T, B> logit_;
};

}  // namespace filigree
