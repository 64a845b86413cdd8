// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/data/neighbor_sampler.hpp>
#include <filigree/kernels/degree_weights.hpp>
#include <filigree/nn/edges.hpp>
#include <filigree/nn/pass.hpp>
#include <filigree/nn/place.hpp>
#include <filigree/ops/normalize_edges.hpp>
#include <filigree/tensor/matrix.hpp>

#include <optional>
#include <utility>

namespace filigree {

/// How a sum over neighbors is normalized: by 1 / sqrt(deg r * deg c), by 1 / deg r, or not.
enum class normalization { symmetric, row, none };

namespace detail {
/// One weight for each edge, from the degrees alone.
template <class T, backend B>
[[nodiscard]] matrix<T, B> weights_by_degree(const B& on, const graph<B>& g, normalization how) {
  matrix<T, B> weight(on, {g.edges(), 1});
  if (how == normalization::none)
    on.fill(weight.data(), g.edges(), T(1));
  else
    on.for_each(g.rows(),
                kernels::degree_weights<T>{
                    g.forward(), how == normalization::symmetric ? g.backward().row_begin : nullptr,
                    weight.data()});
  return weight;
}
/// The same where a gate prunes edges: the degrees count what it lets pass, as constants.
template <recorder R, backend B>
[[nodiscard]] typename R::var gated_by_degree(R& r, const graph<B>& g, normalization how,
                                              typename R::var gate) {
  if (how == normalization::none) return gate;
  const auto by = how == normalization::row ? degree_scaling::row : degree_scaling::symmetric;
  return r(normalize_edges{g, by, true, false}, gate);
}
}  // namespace detail

/// Edges whose weights are known before training and stay: LightGCN's.
struct fixed_edges {
  normalization normalize = normalization::symmetric;  ///< by degrees

  static constexpr const char* kind = "fixed";
  /// Lists the choice.
  static void options(auto& self, auto&& see) {
    see("normalize", self.normalize, normalization::none);
  }
  template <class T, backend B>
  class state;
};

template <class T, backend B>
class fixed_edges::state : public no_members, public weighed_once {
 public:
  /// Where any graph may come, each is weighed when it does.
  state(const fixed_edges& p, const B& on, const place<B>& at)
      : how_(p.normalize), any_graph_(!at.of), undirected_(!at.of || at.of->is_undirected()) {
    if (at.of) weight_ = detail::weights_by_degree<T>(on, *at.of, how_);
  }

  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh(
      R& r, const graph<B>& g, typename R::var,
      const std::optional<typename R::var>& gate = {}) const {
    if (gate) return {detail::gated_by_degree(r, g, how_, *gate)};
    return {any_graph_ ? r.constant(detail::weights_by_degree<T>(r.on(), g, how_))
                       : r.constant(weight_)};
  }
  /// Of a sampled block the weights of the whole graph, times degree / drawn where they are for a
  /// sum, which then is on average that over all neighbors. Throws `error` in a layer for any
  /// graph.
  template <recorder R>
  [[nodiscard]] weighed_edges<typename R::var> weigh_drawn(R& r, const sampled_block<B>& b,
                                                           typename R::var, bool sum, pass&) const {
    if (any_graph_ && how_ != normalization::none)
      throw error(
          "fixed_edges: a sampled block: expected edges of the graph that it is of, got ones of "
          "any");
    matrix<T, B> weight(r.on(), {b.along.edges(), 1});
    r.on().for_each(b.along.rows(),
                    kernels::sampled_weights<T>{
                        b.along.forward().row_begin, b.edge.data(), sum ? b.degree.data() : nullptr,
                        how_ == normalization::none ? nullptr : weight_.data(), weight.data()});
    return {r.constant(std::move(weight))};
  }
  [[nodiscard]] bool tied() const { return undirected_ && how_ != normalization::row; }
  void shrink(const B& on, const graph<B>& g) {
    weight_ = detail::weights_by_degree<T>(on, g, how_);
  }

 private:
  normalization how_;
  matrix<T, B> weight_;
  bool any_graph_ = false, undirected_;
};

}  // namespace filigree
