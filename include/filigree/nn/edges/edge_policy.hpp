// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/policy.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/nn/random_streams.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/convert.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/tensor/row_set.hpp>

#include <concepts>
#include <optional>
#include <type_traits>

namespace filigree {

/// The edge weights of a graph, (edges x 1), and the penalty they add to the loss, (1 x 1).
template <class Var>
struct weighed_edges {
  Var weight;
  std::optional<Var> penalty{};
};

/// Edges whose two directions may have different weights.
struct untied {
  [[nodiscard]] static bool tied() { return false; }
};
/// Edges that are weighted once per step, from the rows of layer 0.
struct weighed_once {
  [[nodiscard]] static bool per_layer() { return false; }
};
/// Edges that cannot be weighted in a sample of a graph.
struct needs_whole_graph {
  static constexpr bool can_sample = false;
};

/// How edges weight messages.
///
/// - `state(policy, on, spec)`: for x of (nodes x spec.out); spec.of, if not null, is the only
///   graph that it will be used with
/// - `s.weigh(r, view, x, random)`: scores, squashes, gates and normalizes, in that order, where x
///   is (nodes x d). The view of the graph knows which edges are closed: `view.by_degree`,
///   `softmax`, `apply` and `normalize` exclude them. The result is (edges x 1), or (edges x heads)
///   if each head weights its share of the columns.
/// - `members`: its parameters and other state; `no_members` if there are none
/// - `s.tied()`: whether an edge of an undirected graph and its partner have the same weight;
///   `untied` means that they may differ
/// - `s.per_layer()`: whether each layer recomputes the edge weights from its own x; `weighed_once`
///   means that all layers share them
/// - `S::can_sample`: whether edges of sampled blocks can be weighted; `needs_whole_graph` means
///   that they cannot
///
/// and, so that it can be saved and a checkpoint with other options is rejected, the requirements
/// of `described_policy`.
template <class P, class T, class B>
concept edge_policy = policy<P, T, B> && part_of<typename P::template state<T, B>, P, B> &&
    requires(const typename P::template state<T, B>& s, eager<T, B>& r,
             const gated_view<eager<T, B>>& g, typename eager<T, B>::var x,
             random_streams& random) {
  { s.weigh(r, g, x, random) } -> std::same_as<weighed_edges<typename eager<T, B>::var>>;
  { s.tied() } -> std::same_as<bool>;
  { s.per_layer() } -> std::same_as<bool>;
  requires P::template state<T, B>::can_sample || !P::template state<T, B>::can_sample;
};

namespace detail {
/// A result in the recorder's own type, whatever type it is stored in.
template <recorder R, class X>
[[nodiscard]] typename R::var whole(R& r, const X& x) {
  if constexpr (std::is_same_v<X, typename R::var>)
    return x;
  else
    return r(convert<typename R::scalar>{}, x);
}
}  // namespace detail

/// One pass of features along a graph, layer by layer, with the weights of an edge policy: computed
/// from the rows it is constructed with, or from each layer's own.
template <recorder R, class Edges>
class propagation {
  using B = typename R::backend_type;

 public:
  using var = typename R::var;
  using view = gated_view<R>;

  /// x is (nodes x d); the graph and the edges must live as long as the recorder.
  propagation(R& r, const Edges& edges, std::type_identity_t<view> g, var x)
      : r_(r), edges_(edges), graph_(g), ego_(x) {}

  /// The next layer: what each node pulls from its neighbors; only the rows of `only` if that is
  /// not null.
  [[nodiscard]] var operator()(var x, const row_set<B>* only = nullptr) {
    return next<void>(x, only);
  }
  /// The same for layers that are stored in a type of their own: x and, unless S is void, the
  /// result.
  template <class S, class X>
  [[nodiscard]] auto next(X x, const row_set<B>* only = nullptr) {
    if (!weight_ || edges_.per_layer()) weigh(edges_.per_layer() ? detail::whole(r_, x) : ego_);
    const bool tied = edges_.tied() && graph_.is_undirected();
    return r_(spmm<B, S>{graph_.pattern(), reduction::sum, only, tied}, *weight_, x);
  }
  /// The sum of the penalties so far, if there are any.
  [[nodiscard]] const std::optional<var>& penalty() const { return penalty_; }

 private:
  void weigh(var x) {
    random_streams random;  // nothing is drawn
    const auto weighed = edges_.weigh(r_, graph_, x, random);
    weight_ = weighed.weight;
    graph_.note_weights(r_, weighed.weight);
    if (weighed.penalty)
      penalty_ = penalty_ ? r_(add{}, *penalty_, *weighed.penalty) : *weighed.penalty;
  }

  R& r_;
  const Edges& edges_;
  view graph_;
  var ego_;
  std::optional<var> weight_{}, penalty_{};
};

}  // namespace filigree
