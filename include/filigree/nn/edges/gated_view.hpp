// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/error.hpp>
#include <filigree/data/neighbor_sampler.hpp>
#include <filigree/kernels/degree_weights.hpp>
#include <filigree/kernels/edge_weights.hpp>
#include <filigree/ops/add_bias.hpp>
#include <filigree/ops/edge_softmax.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/ops/normalize_edges.hpp>
#include <filigree/ops/scale.hpp>
#include <filigree/ops/subtract_mean.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace filigree {

/// How a sum over neighbors is normalized: by 1 / sqrt(deg r * deg c), by 1 / deg r, or not.
enum class normalization { symmetric, row, none };

namespace detail {
/// One weight for each edge, (edges x 1), from the degrees alone; computed once for each graph.
template <class T, backend B>
[[nodiscard]] const matrix<T, B>& weights_by_degree(const B& on, const graph<B>& g,
                                                    normalization how) {
  const auto key =
      "degree." + std::to_string(static_cast<int>(how)) + '.' + std::to_string(sizeof(T));
  return g.template once<matrix<T, B>>(key, [&] {
    matrix<T, B> weight(on, {g.edges(), 1});
    if (how == normalization::none)
      on.fill(weight.data(), g.edges(), T(1));
    else
      on.for_each(g.rows(), kernels::degree_weights<T>{
                                g.forward(),
                                how == normalization::symmetric ? g.backward().row_begin : nullptr,
                                weight.data()});
    return weight;
  });
}
}  // namespace detail

/// A sampled block of a graph, with open gates, as seen by a pass through a model.
template <recorder R>
struct drawn_view {
  using B = typename R::backend_type;
  const sampled_block<B>* block;
  std::optional<typename R::var> gate{};  ///< gate of its edges, while their gradients are watched
  const gated_graph<typename R::scalar, B>* source = nullptr;
};

/// A graph as seen by a pass through a model: whole, gated while edges are pruned, or a sampled
/// block. A gate, (edges x 1), is 0 for edges that are effectively removed; its gradient is an
/// edge's importance. Weights computed here, and propagated features, are the same as if those
/// edges had been removed. The graph must live as long as the recorder.
template <recorder R>
class gated_view {
 public:
  using var = typename R::var;
  using T = typename R::scalar;
  using B = typename R::backend_type;

  /// All edges of a graph.
  gated_view(const graph<B>& g) : of_(&g) {}  // NOLINT(google-explicit-constructor): a graph is one
  /// The edges whose gate is open.
  gated_view(const graph<B>& g, std::optional<var> gate) : of_(&g), gate_(gate) {}
  /// The edges that are open according to the graph's own gates.
  gated_view(R& r, const gated_graph<T, B>& g)
      : of_(&g.pattern()), gate_(g.gates(r)), source_(&g) {}
  /// A part of such a graph: edge e of the part is edge id[e] of the graph.
  gated_view(const graph<B>& part, std::optional<var> gate, const gated_graph<T, B>& g,
             const offset* id)
      : of_(&part), gate_(gate), source_(&g), id_(id) {}
  /// A sample of a graph; if `sums`, its weights are scaled so that it stands for all neighbors.
  gated_view(const drawn_view<R>& drawn, bool sums)
      : of_(&drawn.block->adjacency),
        gate_(drawn.gate),
        block_(drawn.block),
        sums_(sums),
        source_(drawn.source),
        id_(drawn.block->edge.data()) {}

  /// Which rows pull from which columns, including closed edges.
  [[nodiscard]] const graph<B>& pattern() const { return *of_; }
  [[nodiscard]] offset edges() const { return of_->edges(); }
  [[nodiscard]] bool is_undirected() const { return of_->is_undirected(); }
  /// Whether edges may be closed.
  [[nodiscard]] bool is_gated() const { return gate_.has_value(); }
  /// For a sampled block, the positions of its rows among its columns; else null.
  [[nodiscard]] const row_set<B>* targets() const { return block_ ? &block_->targets : nullptr; }

  /// Edge weights from degrees alone, (edges x 1); closed edges have weight 0 and are not counted
  /// in degrees.
  [[nodiscard]] var by_degree(R& r, normalization how) const {
    if (block_) return apply(r, r.constant(drawn(r.on(), how)));
    if (gate_ && how == normalization::none) return *gate_;
    if (gate_) return r(normalize_edges{*of_, scaling(how), true, false}, *gate_);
    return r.constant(detail::weights_by_degree<T>(r.on(), *of_, how));
  }
  /// The same for edges that are all open, read-only; null for no normalization.
  [[nodiscard]] const matrix<T, B>* degree_factors(const B& on, normalization how) const {
    return how == normalization::none ? nullptr : &detail::weights_by_degree<T>(on, *of_, how);
  }
  /// w, (edges x 1), with 0 for closed edges.
  [[nodiscard]] var apply(R& r, var w) const { return gate_ ? r(multiply{}, w, *gate_) : w; }
  /// A softmax of scores, (edges x heads), over the open edges of each row.
  [[nodiscard]] var softmax(R& r, var score) const {
    return gate_ ? r(edge_softmax{*of_}, score, *gate_) : r(edge_softmax{*of_}, score);
  }
  /// Normalizes weights, which are 0 for closed edges, by their sums over each row (and column).
  [[nodiscard]] var normalize(R& r, var w, normalization how, bool detached, bool checked) const {
    if (how == normalization::none) return w;
    return r(normalize_edges{*of_, scaling(how), detached, checked}, w);
  }
  /// l2 / 2 * the mean over the open edges of x squared, (1 x 1), or of the squared deviation of x
  /// from its mean if `deviates`; adds no gradient at the gate beyond that of x.
  [[nodiscard]] var penalty(R& r, var x, double l2, bool deviates) const {
    if (!gate_)
      return r(l2_penalty{l2 / static_cast<double>(std::max<offset>(1, edges()))},
               deviates ? r(subtract_mean{}, x) : x);
    const auto root = root_of_share(r);
    auto part = r(multiply{}, x, root);
    if (deviates) {
      const auto mean = r(matmul{.transpose_a = true}, root, part);
      part = r(multiply{}, r(add_bias{}, x, r(scale{-1}, mean)), root);
    }
    return r(l2_penalty{l2}, part);
  }
  /// Records the weights, (edges x heads), with which features are propagated.
  void note_weights(R& r, var w) const {
    if (source_) source_->note_weights(r.on(), r.value(w), id_);
  }
  /// The same view without a gradient at the gate.
  [[nodiscard]] gated_view unwatched(R& r) const {
    auto same = *this;
    if (gate_) same.gate_ = r.constant(matrix<T, B>(r.value(*gate_)));
    return same;
  }

 private:
  [[nodiscard]] static degree_scaling scaling(normalization how) {
    return how == normalization::row ? degree_scaling::row : degree_scaling::symmetric;
  }
  /// For a sampled block, the weights of the whole graph, times degree / drawn if they are for a
  /// sum, so that its expected value is the sum over all neighbors.
  [[nodiscard]] matrix<T, B> drawn(const B& on, normalization how) const {
    if (!block_->of && how != normalization::none)
      throw error("gated_view: a sampled block: expected the graph that it is of, got none");
    matrix<T, B> weight(on, {edges(), 1});
    const auto* const whole =
        how == normalization::none ? nullptr : &detail::weights_by_degree<T>(on, *block_->of, how);
    on.for_each(of_->rows(),
                kernels::sampled_weights<T>{of_->forward().row_begin, block_->edge.data(),
                                            sums_ ? block_->degree.data() : nullptr,
                                            whole ? whole->data() : nullptr, weight.data()});
    return weight;
  }
  [[nodiscard]] var root_of_share(R& r) const {
    const B& on = r.on();
    const auto& gate = r.value(*gate_);
    auto passing = on.template allocate<T>(1);
    on.sum(gate.size(), kernels::element<T>{gate.data()}, passing.data(), 1);
    matrix<T, B> root(on, gate.shape());
    on.for_each(gate.size(), kernels::root_of_share<T>{gate.data(), passing.data(), root.data()});
    return r.constant(std::move(root));
  }

  const graph<B>* of_;
  std::optional<var> gate_{};
  const sampled_block<B>* block_ = nullptr;
  bool sums_ = false;
  const gated_graph<T, B>* source_ = nullptr;
  const offset* id_ = nullptr;
};

}  // namespace filigree
