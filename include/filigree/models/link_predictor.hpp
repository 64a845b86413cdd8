// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/data/non_edges.hpp>
#include <filigree/models/classifier.hpp>
#include <filigree/models/node_input.hpp>
#include <filigree/nn/encoder.hpp>
#include <filigree/nn/graph_conv.hpp>
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

/// What you choose of a link predictor.
struct link_predictor_options {
  index hidden = 32;        ///< columns between layers
  index columns = 16;       ///< of the rows that are compared
  int layers = 2;           ///< of the graph, the one that writes these rows included
  float input_dropout = 0;  ///< the share of features that is dropped while training
  float l2 = 0;             ///< lambda of lambda / 2 |W|^2 of all weights
  std::uint64_t seed = 1;   ///< of the first parameters

  /// Lists each choice.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("columns", self.columns);
    see("layers", self.layers);
    see("input_dropout", self.input_dropout);
    see("l2", self.l2);
  }
};

/// Pairs of nodes to learn from: the edges of a pattern, and 1 or 0 for each.
template <class T, backend B>
struct target_pairs {
  graph<B> pattern;
  matrix<T, B> target;
};

namespace detail {
/// Edges of a graph that were among the first entries given: 1, else 0.
template <class T>
struct mark_first_entries {
  const offset* order;
  offset count;
  T* y;
  FILIGREE_FN void operator()(offset e) const { y[e] = order[e] < count ? T(1) : T(0); }
};
}  // namespace detail

/// Tells which nodes are joined: layers of a graph network give each node a row, and the dot
/// product of two rows scores their pair, higher where an edge is likelier (a graph auto-encoder:
/// Kipf and Welling, "Variational graph auto-encoders", 2016). `Layers` is a layer such as `gcn`,
/// or an `encoder` of such layers; the last of them has no activation. Learns the edges it is given
/// against as many non-edges, drawn anew each step. A const model may be used from many threads at
/// once.
template <backend B, class Layers = gcn, class T = float>
class link_predictor : public nothing_to_observe {
  using encoder_type = encoder_of<Layers>;
  using last_type = typename decltype(encoder_type::conv)::template state<T, B>;

 public:
  using scalar = T;
  using backend_type = B;
  /// Pairs to learn from, and the randomness of the step.
  struct batch {
    std::shared_ptr<const target_pairs<T, B>> pairs;
    pass random;
  };

  /// Labels are not read. Throws `range_error` for options out of range and for data
  /// without edges or without non-edges, and what the policies throw.
  explicit link_predictor(node_data data, link_predictor_options options = {}, Layers layers = {},
                          B on = {})
      : on_(on),
        options_(checked(options)),
        data_(checked(std::move(data))),
        non_edges_(data_->nodes, data_->from, data_->to),
        graph_(detail::node_graph(on, *data_, 0, encoder_type::loops)),
        features_(detail::sparse_features_of<T>(on, data_->feature_begin, data_->feature,
                                                data_->value, data_->features)),
        encoder_(detail::as_encoder(layers), on, at(data_->features, options.hidden, 0x100, true),
                 options.layers - 1),
        last_(make_last(on, detail::as_encoder(layers))) {
    detail::append_policy(parts_, "layers", layers);
    if (non_edges_.size() < 1)
      throw range_error("link_predictor: non-edges: expected at least 1, got 0");
  }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const link_predictor_options& options() const { return options_; }
  [[nodiscard]] const node_data& data() const { return *data_; }
  /// What messages travel along.
  [[nodiscard]] const graph<B>& message_graph() const { return graph_; }

  /// The rows of all nodes: (nodes x columns).
  template <recorder R>
  [[nodiscard]] typename R::var embeddings(R& r, pass& now) const {
    const auto given = signal<R>(r, features_).dropped(r, options_.input_dropout, now);
    const auto xs =
        encoder_.each_layer(r, graph_, given, now, [](int, const signal<R>& x) { return x; });
    return last_(r, graph_, xs.empty() ? given : signal<R>(encoder_.join(r, xs)), now);
  }

  /// Binary cross entropy of the batch's pairs, plus the L2 penalty.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto now = b.random;
    const auto z = embeddings(r, now);
    auto total = r(binary_cross_entropy{b.pairs->target}, r(sddmm{b.pairs->pattern}, z, z));
    if (options_.l2 > 0)
      for_each_parameter(*this, [&](const std::string&, const auto& p) {
        if (!p.frozen && p.value.rows() > 1)
          total = r(add{}, total, r(l2_penalty{options_.l2}, r.leaf(p)));
      });
    return total;
  }

  /// How many batches of so many edges an epoch has.
  [[nodiscard]] offset steps(offset size) const { return detail::batches_of(data_->edges(), size); }
  /// Batch `step` of an epoch, so many edges and as many non-edges as there are up to that number:
  /// a function of its arguments alone.
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
            pass(seed, number)};
  }

  /// What a checkpoint must agree with: options and data.
  [[nodiscard]] std::string identity() const {
    const auto& d = *data_;
    return detail::classifier_identity(
        "links" + parts_, options_,
        detail::checksum_of(d.from, d.to, d.feature_begin, d.feature, d.value));
  }
  /// `layers.0` and so on, then `last`.
  static void members(auto& self, auto&& see) {
    see("", self.encoder_);
    see("last", self.last_);
  }

  /// The score of each pair from[k], to[k], whose sigmoid is the probability of an edge, as far as
  /// edges are as frequent as non-edges. Throws `shape_error` where there are more ends of one
  /// kind, `range_error` for a node that is not there, a pair that occurs twice or a score that is
  /// not finite.
  [[nodiscard]] std::vector<T> scores_of(std::span<const index> from,
                                         std::span<const index> to) const {
    const graph<B> pattern(on_, {data_->nodes, data_->nodes}, from, to);
    eager<T, B> r(on_);
    pass now;
    const auto z = embeddings(r, now);
    const auto score = r.value(r(sddmm{pattern}, z, z)).to_host(on_);
    const auto order = detail::fetch(on_, pattern.order(), pattern.edges());
    std::vector<T> out(score.size());
    for (std::size_t e = 0; e < out.size(); ++e) out[static_cast<std::size_t>(order[e])] = score[e];
    detail::expect_scores("link_predictor: pair of node", from, out, 1);
    return out;
  }

 private:
  [[nodiscard]] static link_predictor_options checked(const link_predictor_options& o) {
    detail::expect_least("link_predictor: columns", o.columns, 1);
    return detail::checked("link_predictor", o);
  }
  [[nodiscard]] static std::shared_ptr<const node_data> checked(node_data d) {
    d.check();
    if (d.from.empty()) throw range_error("link_predictor: edges: expected at least 1, got 0");
    (void)narrow<index>(d.edges(), "link_predictor: edges");
    return std::make_shared<const node_data>(std::move(d));
  }
  [[nodiscard]] place<B> at(offset in, offset out, std::uint64_t part, bool sparse) const {
    return {.in = in,
            .out = out,
            .sparse = sparse,
            .seed = options_.seed * 0x10000 + part,
            .of = &graph_};
  }
  [[nodiscard]] last_type make_last(const B& on, const encoder_type& layers) const {
    const bool first = encoder_.layers() == 0;
    auto where = at(encoder_.columns(), options_.columns, 0x400, first);
    where.head = true;
    return last_type(layers.conv, on, where);
  }

  B on_;
  link_predictor_options options_;
  std::shared_ptr<const node_data> data_;
  non_edges non_edges_;
  graph<B> graph_;
  sparse_features<T, B> features_;
  typename encoder_type::template state<T, B> encoder_;
  last_type last_;
  std::string parts_{};         ///< what was chosen, for checkpoints
  std::vector<index> order_{};  ///< of the edges in the epoch
  offset epoch_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace filigree
