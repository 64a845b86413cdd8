// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/neighbor_sampler.hpp>
#include <filigree/nn/conv/aggregate.hpp>
#include <filigree/nn/conv/steps.hpp>
#include <filigree/nn/conv/update.hpp>
#include <filigree/nn/edges/attention_edges.hpp>
#include <filigree/nn/edges/equal_edges.hpp>
#include <filigree/nn/edges/fixed_edges.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace filigree {

/// A layer of a graph neural network. Each node sends a message; edges weight it; the incoming
/// messages are aggregated; the node is updated; and rowwise steps follow:
///
///     m = update.message(x),  w = edges.weigh(m),  a = aggregate.gather(w, m),
///     y = steps(update.update(x, m, a))
///
/// Each is a policy, so many models are short aliases: `gcn`, `sage`, `gat`, `sgc` and others.
template <class Edges, class Aggregate, class Update, class... Steps>
struct graph_conv {
  Edges edges{};                 ///< how messages are weighted
  Aggregate aggregate{};         ///< how they are aggregated
  Update update{};               ///< what nodes send, and how they are updated
  std::tuple<Steps...> steps{};  ///< what follows, such as with_bias, with_relu, with_dropout

  /// Lists each option; steps are named step.0 and so on.
  static void options(auto& self, auto&& see) {
    see("edges", self.edges);
    see("aggregate", self.aggregate);
    see("update", self.update);
    std::apply(
        [&](auto&... step) {
          int k = 0;
          (see("step." + std::to_string(k++), step), ...);
        },
        self.steps);
  }

  /// Whether the graph must have a self-loop at each node.
  static constexpr bool loops = Update::loops;

  /// One of the steps.
  template <class Step>
  [[nodiscard]] Step& step() {
    return std::get<Step>(steps);
  }
  template <class T, class B>
  class state;
};

template <class Edges, class Aggregate, class Update, class... Steps>
template <class T, class B>
class graph_conv<Edges, Aggregate, Update, Steps...>::state {
  using edge_state = typename Edges::template state<T, B>;

 public:
  /// Throws whatever the policies throw.
  state(const graph_conv& p, const B& on, const part_spec<B>& spec)
      : aggregate_(p.aggregate),
        head_(spec.head),
        edges_(edges_of(p, on, spec)),
        update_(Update(p.update), on, spec),  // a copy: g++ 12 warns about an empty part of a local
        steps_(std::apply(
            [&](const auto&... step) {
              return std::tuple<typename Steps::template state<T, B>...>{
                  typename Steps::template state<T, B>(step, on, spec)...};
            },
            p.steps)) {}

  /// Whether a sample of the neighbors can stand for all of them.
  static constexpr bool can_sample = Aggregate::can_sample && edge_state::can_sample;

  /// The next rows of all nodes, or of those in `only`; for a sampled block, if `can_sample`, the
  /// next rows of its targets, from x of its sources.
  template <recorder R>
  [[nodiscard]] typename R::var operator()(R& r, const std::type_identity_t<gated_view<R>>& g,
                                           const activation<R>& x, random_streams& random,
                                           const row_set<B>* only = nullptr) const {
    const auto m = update_.message(r, x);
    const auto w = edges_.weigh(r, g, m, random).weight;
    g.note_weights(r, w);
    const auto* const rows = g.targets() ? g.targets() : only;
    const message_route<R> via{g, w, edges_.tied() && g.is_undirected(), only};
    auto y = update_.update(r, x, m, aggregate_.gather(r, via, m), rows);
    (follow<Steps>(r, x.rows(rows), y, random), ...);
    return y;
  }
  template <recorder R>
  [[nodiscard]] typename R::var operator()(R& r, const drawn_view<R>& b, const activation<R>& x,
                                           random_streams& random) const {
    static_assert(can_sample,
                  "graph_conv: a sampled block: expected edges and an aggregate that "
                  "can do with a sample, got ones that need the whole graph");
    return (*this)(r, gated_view<R>(b, Aggregate::sums), x, random);
  }
  static void members(auto& self, auto&& see) {
    see("", self.edges_);
    see("", self.update_);
    see("", self.steps_);
  }

 private:
  [[nodiscard]] static edge_state edges_of(const graph_conv& p, const B& on,
                                           const part_spec<B>& spec) {
    if constexpr (requires { p.edges.l2; })
      detail::expect_choice("graph_conv: edges: l2", p.edges.l2, p.edges.l2 == 0,
                            "0, a layer adds no penalty");
    return edge_state(p.edges, on, spec);
  }
  template <class Step, recorder R>
  void follow(R& r, const activation<R>& x, typename R::var& y, random_streams& random) const {
    if (!head_ || Step::in_head)
      y = std::get<typename Step::template state<T, B>>(steps_).apply(r, x, y, random);
  }

  Aggregate aggregate_;
  bool head_;
  edge_state edges_;
  typename Update::template state<T, B> update_;
  std::tuple<typename Steps::template state<T, B>...> steps_;
};

/// Graph convolution (Kipf and Welling, 2017): D^-1/2 (A + I) D^-1/2 x W + b.
using gcn =
    graph_conv<fixed_edges, sum_neighbors, linear_update, with_bias, with_relu, with_dropout>;
/// GraphSAGE (Hamilton et al., 2017) with the mean: x W_own + mean of the neighbors' x W + b.
using sage =
    graph_conv<equal_edges, mean_neighbors, own_update, with_bias, with_relu, with_dropout>;
/// GraphSAGE with max pooling: x W_own + max of the neighbors' relu(x W_pool + c) W + b.
using sage_max =
    graph_conv<equal_edges, max_neighbors, pooled_update, with_bias, with_relu, with_dropout>;
/// Graph attention (Velickovic et al., 2018), 8 heads.
using gat =
    graph_conv<attention_edges, sum_neighbors, linear_update, with_bias, with_elu, with_dropout>;
/// Simplified graph convolution (Wu et al., 2019): a given number of hops, and one weight.
using sgc = graph_conv<fixed_edges, several_hops, linear_update, with_bias>;
/// One layer of LightGCN's propagation (He et al., 2020).
using propagate = graph_conv<fixed_edges, sum_neighbors, no_update>;

}  // namespace filigree
