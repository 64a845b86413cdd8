// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/keep_rows.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/edge_choices.hpp>
#include <filigree/nn/place.hpp>

namespace filigree {

/// Edges with a free logit each, which is learned: w = squash(logit / temperature), scaled. In an
/// undirected graph an edge and its partner share the mean of theirs, if `tied`.
struct learned_edges {
  float temperature = 1;  ///< divides the logits
  filigree::squash squash = filigree::squash::sigmoid;
  edge_scaling scaling = edge_scaling::by_degree;
  bool detached = false;  ///< no gradient through weighted degrees
  bool tied = true;       ///< both directions of an undirected edge weigh the same
  float start = 0;        ///< each logit's first value
  float l2 = 0;  ///< lambda of lambda / 2 * the mean over the edges of what is penalized, squared
  edge_penalty penalize = edge_penalty::weight;
  float average = 0;  ///< b of the moving average b m + (1 - b) w, which inference uses; 0: none

  static constexpr const char* kind = "learned";
  /// f(name, choice) for each choice, f(name, choice, last) for enums.
  template <class Self, class F>
  static void visit_options(Self& p, F&& f) {
    detail::visit_edge_choices(p, f);
    f("start", p.start);
  }
  template <class T, backend B>
  class state;
};

template <class T, backend B>
class learned_edges::state : public detail::visits<learned_edges::state<T, B>> {
 public:
  state(const learned_edges& p, const B& on, const graph<B>& g, offset = 0)
      : finish_(p, on, g), logit_(matrix<T, B>(on, {g.edges(), 1})) {
    detail::expect_finite("learned_edges: start", p.start);
    on.fill(logit_.value.data(), g.edges(), static_cast<T>(p.start));
  }

  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(
      R& r, const graph<B>& g, typename R::var,
      const std::optional<typename R::var>& gate = {}) const {
    if (finish_.template remembers<R>()) return finish_.from_average(r, g, gate);
    return finish_.from_scores(r, g, r.leaf(logit_), gate);
  }
  [[nodiscard]] bool tied() const { return finish_.tied(false); }
  static void each(auto& s, auto& f) { f("edges.logit", s.logit_); }
  template <class F>
  void visit_per_edge(F&& f) {
    f("edges.logit", logit_);
  }
  template <class F>
  void visit_memory(F&& f) {
    finish_.visit_memory(f);
  }
  void observe(const B& on) { finish_.observe(on); }
  void shrink(const B& on, const graph<B>& g, const typename B::template buffer<offset>& kept) {
    finish_.shrink(on, g, kept);
    keep_rows(on, logit_, kept);
  }

 private:
  detail::edge_finish<T, B, learned_edges> finish_;
  parameter<T, B> logit_;
};

}  // namespace filigree
