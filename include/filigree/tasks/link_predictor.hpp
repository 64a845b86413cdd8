// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/add_penalty.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/checksum.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/data/non_edges.hpp>
#include <filigree/data/shuffle.hpp>
#include <filigree/networks/link_network.hpp>
#include <filigree/ops/binary_cross_entropy.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/sddmm.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Options of a link predictor.
struct link_predictor_options {
  index hidden = 32;   ///< columns between layers
  index columns = 16;  ///< of the embeddings that are compared
  int layers = 2;      ///< number of graph layers, including the one that computes these embeddings
  float input_dropout = 0;  ///< dropout rate of the features during training
  float l2 = 0;             ///< lambda of lambda / 2 |W|^2 of all weights
  std::uint64_t seed = 1;   ///< for the initial parameters

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("columns", self.columns);
    see("layers", self.layers);
    see("input_dropout", self.input_dropout);
    see("l2", self.l2);
  }
};

/// Pairs of nodes to train on: the edges of a pattern, with a 1 or 0 for each.
template <class T, backend B>
struct target_pairs {
  graph<B> pattern;
  matrix<T, B> target;
};

namespace detail {
/// 1 for edges of a graph that were among the first `count` entries given, else 0.
template <class T>
struct mark_first_entries {
  const offset* order;
  offset count;
  T* y;
  FILIGREE_FN void operator()(offset e) const { y[e] = order[e] < count ? T(1) : T(0); }
};
}  // namespace detail

/// Predicts links: trains a `link_network`. It learns to tell the given edges from as many
/// non-edges, drawn afresh at each step. A const model may be used from many threads at once.
template <backend B, class Layers = gcn, class T = float>
class link_predictor : public nothing_to_observe {
 public:
  using scalar = T;
  using backend_type = B;
  using network_type = link_network<B, Layers, T>;
  /// Pairs to train on, and the random streams of the step.
  struct batch {
    std::shared_ptr<const target_pairs<T, B>> pairs;
    random_streams random;
  };

  /// Labels are ignored. Throws `range_error` for options out of range and for data without edges
  /// or without non-edges, and whatever the policies throw.
  explicit link_predictor(node_data data, link_predictor_options options = {}, Layers layers = {},
                          B on = {})
      : on_(on),
        options_(checked(options)),
        data_(checked(std::move(data))),
        non_edges_(data_->nodes, data_->from, data_->to),
        graph_(
            [on, data = data_, loops = detail::as_encoder(layers).loops()] {
              return detail::node_graph(on, *data, 0, loops);
            },
            {.loops = detail::as_encoder(layers).loops()}),
        features_(detail::node_features<T>(on, *data_)),
        network_(on, data_->features,
                 {.hidden = options.hidden,
                  .columns = options.columns,
                  .layers = options.layers,
                  .input_dropout = options.input_dropout,
                  .seed = options.seed},
                 {layers}, &graph_.make().pattern()) {
    if (non_edges_.size() < 1)
      throw range_error("link_predictor: non-edges: expected at least 1, got 0");
  }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const link_predictor_options& options() const { return options_; }
  [[nodiscard]] const node_data& data() const { return *data_; }
  /// The graph along which messages are passed.
  [[nodiscard]] const graph<B>& message_graph() const { return graph_.pattern(); }
  /// The trained network; it also compares the nodes of any other graph.
  [[nodiscard]] const network_type& network() const { return network_; }

  /// The embeddings of all nodes: (nodes x columns).
  template <recorder R>
  [[nodiscard]] typename R::var embeddings(R& r, random_streams& random) const {
    return network_.forward(r, gated_view<R>(r, graph_), features_, random);
  }

  /// A pass over all edges, so that their weights can be collected.
  void weigh_edges(eager<T, B>& r) const {
    random_streams random;
    (void)embeddings(r, random);
  }

  /// Binary cross entropy over the batch's pairs, plus the L2 penalty.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto random = b.random;
    const auto z = embeddings(r, random);
    auto total = r(binary_cross_entropy{b.pairs->target}, r(sddmm{b.pairs->pattern}, z, z));
    if (options_.l2 > 0)
      for_each_parameter(network_, [&](const std::string&, const auto& p) {
        if (!p.frozen && p.value.rows() > 1)
          total = r(add_penalty{}, total, r(l2_penalty{options_.l2}, r.leaf(p)));
      });
    return total;
  }

  /// The number of batches of `size` edges in an epoch.
  [[nodiscard]] offset steps(offset size) const { return detail::batches_of(data_->edges(), size); }
  /// Batch `step` of an epoch, up to `size` edges and as many non-edges (fewer if fewer exist): a
  /// function of its arguments only.
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset step, offset size) {
    if (order_.empty() || epoch != epoch_ || seed != seed_) {
      order_.resize(data_->from.size());
      std::iota(order_.begin(), order_.end(), index{0});
      order_ = detail::shuffled_part(std::move(order_), seed, epoch, 0, data_->edges());
      epoch_ = epoch;
      seed_ = seed;
    }
    const auto first = step * size, count = std::min(size, data_->edges() - first);
    const auto number = epoch * steps(size) + step;
    auto pairs = non_edges_.draw(std::min(count, non_edges_.size()),
                                 {seed, 0x6e6f6e65646765 + static_cast<std::uint64_t>(number)});
    node_pairs all;
    for (auto k = first; k < first + count; ++k) {
      const auto e = static_cast<std::size_t>(order_[static_cast<std::size_t>(k)]);
      all.from.push_back(data_->from[e]);
      all.to.push_back(data_->to[e]);
    }
    all.from.insert(all.from.end(), pairs.from.begin(), pairs.from.end());
    all.to.insert(all.to.end(), pairs.to.begin(), pairs.to.end());
    graph<B> pattern(on_, {data_->nodes, data_->nodes}, all.from, all.to);
    matrix<T, B> target(on_, {pattern.edges(), 1});
    on_.for_each(pattern.edges(),
                 detail::mark_first_entries<T>{pattern.order(), count, target.data()});
    return {std::make_shared<const target_pairs<T, B>>(
                target_pairs<T, B>{std::move(pattern), std::move(target)}),
            random_streams(seed, number)};
  }

  /// What a checkpoint must agree with: options and data.
  [[nodiscard]] std::string identity() const {
    const auto& d = *data_;
    return detail::identity_of(
        "links", network_.parts(), options_,
        detail::checksum_of(d.from, d.to, d.feature_begin, d.feature, d.value));
  }
  /// `graph`, and the members of the network.
  static void members(auto& self, auto&& see) {
    see("graph", self.graph_);
    see("", self.network_);
  }

  /// The score of each pair from[k], to[k]; its sigmoid is the probability of an edge, assuming
  /// that edges are as frequent as non-edges. Throws `shape_error` if `from` and `to` differ in
  /// length, `range_error` for a node that does not exist, a pair that occurs twice or a score that
  /// is not finite.
  [[nodiscard]] std::vector<T> scores_of(std::span<const index> from,
                                         std::span<const index> to) const {
    eager<T, B> r(on_);
    random_streams random;
    return network_.scores(r, embeddings(r, random), from, to);
  }

 private:
  [[nodiscard]] static link_predictor_options checked(const link_predictor_options& o) {
    detail::expect_least("link_predictor: columns", o.columns, 1);
    detail::expect_least("link_predictor: hidden", o.hidden, 1);
    detail::expect_least("link_predictor: layers", o.layers, 1);
    detail::expect_below_1("link_predictor: input_dropout", o.input_dropout);
    detail::expect_least("link_predictor: l2", o.l2, 0);
    return o;
  }
  [[nodiscard]] static std::shared_ptr<const node_data> checked(node_data d) {
    d.check();
    if (d.from.empty()) throw range_error("link_predictor: edges: expected at least 1, got 0");
    (void)narrow<index>(d.edges(), "link_predictor: edges");
    return std::make_shared<const node_data>(std::move(d));
  }

  B on_;
  link_predictor_options options_;
  std::shared_ptr<const node_data> data_;
  non_edges non_edges_;
  gated_graph<T, B> graph_;
  sparse_features<T, B> features_;
  network_type network_;
  std::vector<index> order_{};  ///< order of the edges in the epoch
  offset epoch_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace filigree
