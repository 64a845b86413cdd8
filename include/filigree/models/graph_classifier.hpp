// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/models/classifier.hpp>
#include <filigree/models/graph_batch.hpp>
#include <filigree/nn/encoder.hpp>
#include <filigree/nn/fusion.hpp>
#include <filigree/nn/gin.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/pooling.hpp>
#include <filigree/ops/cross_entropy.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// What you choose of a graph classifier.
struct graph_classifier_options {
  index hidden = 64;       ///< columns between layers
  int layers = 4;          ///< of the graph
  float dropout = 0.5f;    ///< the share of a graph's features that is dropped while training
  std::uint64_t seed = 1;  ///< of the first parameters

  /// Lists each choice.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("layers", self.layers);
    see("dropout", self.dropout);
  }
};

/// Tells the classes of graphs: layers of a graph network, a readout of each, what is taken of
/// them, and a head. With a fusion, nodes are first fused with the readout of their graph. With a
/// pooling, each layer's nodes are pooled before they are read out and before the next layer: node,
/// neighborhood, community, graph. Batches are disjoint unions. A const model may be used from many
/// threads at once.
template <backend B, class Layers = encoder<gin, concat_layers>, class Readout = sum_readout,
          class Fusion = no_fusion, class Head = linear_head, class T = float,
          class Pool = no_pooling>
class graph_classifier : public nothing_to_observe {
  static_assert(!(Pool::pools && Fusion::needs_node),
                "graph_classifier: fusion: expected no_fusion beside a pooling, got another");
  using encoder_type = encoder_of<Layers>;

 public:
  using scalar = T;
  using backend_type = B;
  /// Graphs to learn from, and the randomness of the step.
  struct batch {
    std::shared_ptr<const graph_batch<T, B>> graphs;
    std::shared_ptr<const labeled_rows<B>> labels;
    pass random;
  };

  /// Learns from the graphs `train` of a set. Throws `range_error` for options out of range or no
  /// training graphs, and what the policies throw.
  explicit graph_classifier(std::shared_ptr<const graph_set> data, std::vector<index> train,
                            graph_classifier_options options = {}, Layers layers = {},
                            Readout readout = {}, Fusion fusion = {}, Head head = {}, B on = {},
                            Pool pool = {})
      : on_(on),
        options_(detail::checked("graph_classifier", options)),
        data_(checked(std::move(data))),
        train_(std::move(train)),
        encoder_(detail::as_encoder(layers), on, at(data_->features, options.hidden, 0x100, true),
                 options.layers),
        fusion_(fusion, on, at(encoder_.columns(), encoder_.columns(), 0x300)),
        head_(head, on, at(Fusion::columns(encoder_.columns()), data_->classes, 0x400)) {
    if (train_.empty())
      throw range_error("graph_classifier: training graphs: expected at least 1, got 0");
    detail::expect_ids("graph_classifier: training graph", train_, 0, data_->graphs());
    detail::append_policy(parts_, "layers", layers);
    detail::append_policy(parts_, "readout", readout);
    detail::append_policy(parts_, "fusion", fusion);
    detail::append_policy(parts_, "head", head);
    detail::append_policy(parts_, "pool", pool);
    // One for each layer; with a fusion, that of the context and that of what was fused.
    if constexpr (Fusion::needs_node)
      for (const offset n : {encoder_.columns(), Fusion::columns(encoder_.columns())})
        readouts_.emplace_back(readout, on, at(n, n, 0x200 + readouts_.size()));
    else
      for (int k = 0; k < options.layers; ++k) {
        const auto n = readouts_.size();
        readouts_.emplace_back(readout, on, at(options.hidden, options.hidden, 0x200 + n));
        pools_.emplace_back(pool, on, at(options.hidden, options.hidden, 0x500 + n));
      }
  }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const graph_classifier_options& options() const { return options_; }
  [[nodiscard]] const graph_set& data() const { return *data_; }
  [[nodiscard]] index classes() const { return data_->classes; }
  [[nodiscard]] std::span<const index> labels() const { return data_->label; }

  /// Scores of graphs: (graphs x classes). The whole model: run it on `eager` to infer, on `tape`
  /// to learn.
  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, const graph_batch<T, B>& of, pass& now) const {
    const signal<R> given(r, of.features);
    typename R::var x, z;
    if constexpr (Fusion::needs_node) {
      const auto keep = [](int, const signal<R>& y) { return y; };
      const auto node = encoder_.join(r, encoder_.each_layer(r, of.along, given, now, keep));
      const auto context = of.nodes_of.spread(r, readouts_[0].read(r, of.nodes_of, node));
      z = readouts_[1].read(r, of.nodes_of, fusion_.fuse(r, node, context));
    } else {
      std::vector<typename R::var> xs;
      const node_level<T, B>* level = &of;
      for (std::size_t k = 0; k < pools_.size(); ++k) {
        x = encoder_.layer(k)(r, level->along, k == 0 ? given : signal<R>(x), now);
        const auto next = pools_[k].pool(r, *level, x);
        level = &next.of;
        x = next.x;
        xs.push_back(readouts_[k].read(r, level->nodes_of, x));
      }
      z = encoder_.join(r, xs);
    }
    if (R::learns && options_.dropout > 0) z = r(dropout{options_.dropout, now.random()}, z);
    return head_.scores(r, z);
  }

  /// Cross entropy of the batch's graphs.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto now = b.random;
    return r(cross_entropy{*b.labels}, scores(r, *b.graphs, now));
  }

  /// How many batches of that many graphs an epoch has.
  [[nodiscard]] offset steps(offset size) const {
    return detail::batches_of(std::ssize(train_), size);
  }
  /// Batch `step` of an epoch: a function of its arguments alone.
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset step, offset size) const {
    const auto ids = detail::shuffled_part(train_, seed, epoch, step, size);
    std::vector<index> row(ids.size()), label;
    for (std::size_t k = 0; k < ids.size(); ++k) {
      row[k] = static_cast<index>(k);
      label.push_back(data_->label[static_cast<std::size_t>(ids[k])]);
    }
    const auto n = static_cast<offset>(ids.size());
    return {
        std::make_shared<const graph_batch<T, B>>(union_of(ids)),
        std::make_shared<const labeled_rows<B>>(make_labeled_rows(on_, row, label, {n, classes()})),
        pass(seed, epoch * steps(size) + step)};
  }

  /// What a checkpoint must agree with: parts, options and data.
  [[nodiscard]] std::string identity() const {
    const auto& d = *data_;
    return detail::classifier_identity(
        "graphs" + parts_, options_,
        detail::checksum_of(d.node_begin, d.edge_begin, d.from, d.to, d.feature_begin, d.feature,
                            d.value, d.label, train_));
  }
  /// Layers, then `pool`, `readout`, `fusion`, `head`.
  static void members(auto& self, auto&& see) {
    see("", self.encoder_);
    see("pool", self.pools_);
    see("readout", self.readouts_);
    see("fusion", self.fusion_);
    see("head", self.head_);
  }

  /// Scores of the graphs `ids` on the host: (ids x classes), row by row. Throws `range_error` for
  /// a graph that is not there and for a score that is not finite.
  [[nodiscard]] std::vector<T> scores_of(std::span<const index> ids) const {
    detail::expect_ids("graph_classifier: graph", ids, 0, data_->graphs());
    std::vector<T> all;
    constexpr std::size_t at_once = 512;
    for (std::size_t first = 0; first < ids.size(); first += at_once) {
      const auto graphs = union_of(ids.subspan(first, std::min(at_once, ids.size() - first)));
      eager<T, B> r(on_);
      pass now;
      const auto some = r.value(scores(r, graphs, now)).to_host(on_);
      all.insert(all.end(), some.begin(), some.end());
    }
    detail::expect_scores("graph_classifier: graph", ids, all, classes());
    return all;
  }
  /// The class of each graph of `ids` that has the highest score; ties: the lower class.
  [[nodiscard]] std::vector<index> predict(std::span<const index> ids) const {
    return best_classes(scores_of(ids), classes());
  }

 private:
  [[nodiscard]] static std::shared_ptr<const graph_set> checked(
      std::shared_ptr<const graph_set> d) {
    d->check();
    return d;
  }
  /// The union of graphs, with the clusters that poolings ask for.
  [[nodiscard]] graph_batch<T, B> union_of(std::span<const index> ids) const {
    return make_graph_batch<T>(on_, *data_, ids, encoder_type::loops,
                               Pool::coarsens ? options_.layers : 0);
  }
  [[nodiscard]] place<B> at(offset in, offset out, std::uint64_t part, bool sparse = false) const {
    return {.in = in, .out = out, .sparse = sparse, .seed = options_.seed * 0x10000 + part};
  }

  B on_;
  graph_classifier_options options_;
  std::shared_ptr<const graph_set> data_;
  std::vector<index> train_;
  std::string parts_{};  ///< what was chosen, for checkpoints
  typename encoder_type::template state<T, B> encoder_;
  std::vector<typename Pool::template state<T, B>> pools_;
  std::vector<typename Readout::template state<T, B>> readouts_;
  typename Fusion::template state<T, B> fusion_;
  typename Head::template state<T, B> head_;
};

}  // namespace filigree
