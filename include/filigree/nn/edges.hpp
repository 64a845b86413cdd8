// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/policy.hpp>
#include <filigree/autograd/tape.hpp>
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

/// How edges weigh what they carry.
///
/// - `state(policy, on, graph, dim)`: for x of (nodes x dim)
/// - `s.weigh(r, graph, x, gate)`: scores, squashes, gates and normalizes, in that order; x is
///   (nodes x dim). The gate, (edges x 1) where there is one, has 0 for edges that are pruned; the
///   result is what it were if they had left the graph.
/// - `s.visit(f)`, const or not: calls f(name, parameter) for each parameter that it learns
///
/// and, where they are needed,
///
/// - `s.tied()`: whether an edge of an undirected graph and its partner weigh the same
/// - `s.per_layer()`: whether each layer weighs the edges anew, from its own x
/// - `s.observe(on)`: a training step is over
/// - `s.shrink(on, graph, kept)`: the graph lost edges; its edge e was kept[e]. Without it the
///   state is made anew, and what it learned is lost
/// - a constructor state(p, on, graph, dim, layer): `layer` differs from layer to layer, for random
///   first values
/// - `s.visit_per_edge(f)`: calls f(name, parameter) for those with a row for each edge, (edges x
///   1), whose rows do not move while their edge is masked
/// - `s.visit_memory(f)`: calls f(name, matrix) for what it remembers beside parameters, (edges x
///   1) or empty
/// - what `described_policy` asks for: so that it can be saved, and that a checkpoint of other
///   choices is refused
template <class P, class T, class B>
concept edge_policy = policy<P, T, B> && std::constructible_from < typename P::template state<T, B>,
const P&, const B&, const graph<B>&,
    offset > &&requires(typename P::template state<T, B>& s,
                        const typename P::template state<T, B>& c, eager<T, B>& r,
                        const graph<B>& g, typename eager<T, B>::var x,
                        const std::optional<typename eager<T, B>::var>& gate) {
  { c.weigh(r, g, x, gate) } -> std::same_as<weighed_edges<typename eager<T, B>::var>>;
  s.visit(detail::any_visitor{});
  c.visit(detail::any_visitor{});
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
    if (!weight_ || per_layer()) weigh(per_layer() ? x : ego_);
    bool tied = false;
    if constexpr (requires { edges_.tied(); }) tied = edges_.tied();
    return r_(spmm{graph_, reduction::sum, only, tied}, *weight_, x);
  }
  /// The sum of the penalties so far, if there are any.
  [[nodiscard]] const std::optional<var>& penalty() const { return penalty_; }

 private:
  [[nodiscard]] bool per_layer() const {
    if constexpr (requires { edges_.per_layer(); }) return edges_.per_layer();
    return false;
  }
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
