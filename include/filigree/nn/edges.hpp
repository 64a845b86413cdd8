// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/policy.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/nn/place.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/row_set.hpp>

#include <concepts>
#include <optional>

namespace filigree {

/// What the edges of a graph weigh, (edges x 1), and what that adds to the loss, (1 x 1).
template <class Var>
struct weighed_edges {
  Var weight;
  std::optional<Var> penalty{};
};

/// Edges whose two directions may weigh differently.
struct untied {
  [[nodiscard]] static bool tied() { return false; }
};
/// Edges that are weighed once a step, from the rows of layer 0.
struct weighed_once {
  [[nodiscard]] static bool per_layer() { return false; }
};
/// Edges with nothing to make anew when some of them leave.
struct nothing_per_edge {
  static void shrink(const auto& /*on*/, const auto& /*graph*/) {}
};

/// How edges weigh what they carry.
///
/// - `state(policy, on, place)`: for x of (nodes x place.out) and the graph place.of
/// - `s.weigh(r, graph, x, gate)`: scores, squashes, gates and normalizes, in that order; x is
///   (nodes x dim). The gate, (edges x 1) where there is one, has 0 for edges that are pruned; the
///   result is what it were if they had left the graph.
/// - `members`: what it learns and remembers; `no_members` where that is nothing
/// - `s.tied()`: whether an edge of an undirected graph and its partner weigh the same; `untied`
///   says that they may differ
/// - `s.per_layer()`: whether each layer weighs the edges anew, from its own x; `weighed_once` says
///   that one weighing serves all
/// - `s.shrink(on, graph)`: the graph is the one that is left after edges have gone, and members
///   that are listed `per_edge` have lost their rows; `nothing_per_edge` says that nothing else
///   depends on them
///
/// and, so that it can be saved and a checkpoint of other choices is refused, what
/// `described_policy` asks for.
template <class P, class T, class B>
concept edge_policy = policy<P, T, B> && part_of<typename P::template state<T, B>, P, B> &&
    requires(const B& on, typename P::template state<T, B>& s,
             const typename P::template state<T, B>& c, eager<T, B>& r, const graph<B>& g,
             typename eager<T, B>::var x, const std::optional<typename eager<T, B>::var>& gate) {
  { c.weigh(r, g, x, gate) } -> std::same_as<weighed_edges<typename eager<T, B>::var>>;
  { c.tied() } -> std::same_as<bool>;
  { c.per_layer() } -> std::same_as<bool>;
  s.shrink(on, g);
};

/// One pass of features along a graph, layer by layer, with the weights of an edge policy: from the
/// rows that it is made with, or from each layer's own.
template <recorder R, class Edges>
class propagation {
 public:
  using var = typename R::var;
  using graph_type = graph<typename R::backend_type>;

  /// x is (nodes x d); the graph and the edges must live as long as the recorder.
  propagation(R& r, const Edges& edges, const graph_type& g, var x, std::optional<var> gate = {})
      : r_(r), edges_(edges), graph_(g), ego_(x), gate_(gate) {}

  /// The next layer: what each node pulls from its neighbors; just the rows of `only` where that is
  /// not null.
  [[nodiscard]] var operator()(var x, const row_set<typename R::backend_type>* only = nullptr) {
    if (!weight_ || edges_.per_layer()) weigh(edges_.per_layer() ? x : ego_);
    return r_(spmm{graph_, reduction::sum, only, edges_.tied()}, *weight_, x);
  }
  /// The sum of the penalties so far, if there are any.
  [[nodiscard]] const std::optional<var>& penalty() const { return penalty_; }

 private:
  void weigh(var x) {
    const auto weighed = edges_.weigh(r_, graph_, x, gate_);
    weight_ = weighed.weight;
    if (weighed.penalty)
      penalty_ = penalty_ ? r_(add{}, *penalty_, *weighed.penalty) : *weighed.penalty;
  }

  R& r_;
  const Edges& edges_;
  const graph_type& graph_;
  var ego_;
  std::optional<var> gate_, weight_, penalty_;
};

}  // namespace filigree
