// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/checksum.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/data/shuffle.hpp>
#include <filigree/networks/graph_network.hpp>
#include <filigree/ops/cross_entropy.hpp>
#include <filigree/ops/gather_rows.hpp>
#include <filigree/tasks/union_edges.hpp>
#include <filigree/tensor/row_set.hpp>
#include <filigree/tensor/subgraph.hpp>

#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Options of a graph classifier.
struct graph_classifier_options {
  index hidden = 64;       ///< columns between layers
  int layers = 4;          ///< number of graph layers
  float dropout = 0.5f;    ///< dropout rate of a graph's features during training
  std::uint64_t seed = 1;  ///< for the initial parameters

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("layers", self.layers);
    see("dropout", self.dropout);
  }
};

/// Classifies graphs: trains a `graph_network`. Batches are disjoint unions. Pruning removes only
/// edges of the training graphs; other graphs are used as they are, and clusters are always those
/// of whole graphs. With pooling, edges are scored only by their effect in the first layer. A const
/// model may be used from many threads at once.
template <backend B, class Layers = encoder<gin, concat_layers>, class Readout = sum_readout,
          class Fusion = no_fusion, class Head = linear_head, class T = float,
          class Pool = no_pooling>
class graph_classifier : public nothing_to_observe {
 public:
  using scalar = T;
  using backend_type = B;
  using network_type = graph_network<B, Layers, Readout, Fusion, Head, T, Pool>;
  /// The edges of the training graphs that occur in a batch; their gates apply to it.
  struct gated_part {
    row_set<B> gate_of;                        ///< for each edge of the batch
    typename B::template buffer<offset> id{};  ///< the same, as a list
  };
  /// Graphs to train on, and the random streams of the step.
  struct batch {
    std::shared_ptr<const graph_batch<T, B>> graphs;
    std::shared_ptr<const labeled_rows<B>> labels;
    random_streams random;
    std::shared_ptr<const gated_part> edges{};  ///< null: all edges, none of them watched
  };

  /// Trains on the graphs `train` of a set. Throws `range_error` for options out of range or if
  /// there are no training graphs, and whatever the policies throw.
  explicit graph_classifier(std::shared_ptr<const graph_set> data, std::vector<index> train,
                            graph_classifier_options options = {}, Layers layers = {},
                            Readout readout = {}, Fusion fusion = {}, Head head = {}, B on = {},
                            Pool pool = {})
      : on_(on),
        options_(checked(options)),
        data_(checked(std::move(data))),
        train_(checked(std::move(train), *data_)),
        graph_(
            [on, data = data_, train = train_, loops = detail::as_encoder(layers).loops()] {
              return make_graph_batch<T>(on, *data, train, loops).adjacency;
            },
            {.loops = detail::as_encoder(layers).loops()}),
        network_(on, data_->features, data_->classes,
                 {.hidden = options.hidden,
                  .layers = options.layers,
                  .dropout = options.dropout,
                  .seed = options.seed},
                 {layers, readout, fusion, head, pool}) {}

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const graph_classifier_options& options() const { return options_; }
  [[nodiscard]] const graph_set& data() const { return *data_; }
  [[nodiscard]] index classes() const { return data_->classes; }
  [[nodiscard]] std::span<const index> labels() const { return data_->label; }
  /// The trained network; it also classifies graphs of any other set.
  [[nodiscard]] const network_type& network() const { return network_; }

  /// Scores of the graphs: (graphs x classes).
  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, const graph_batch<T, B>& of,
                                       random_streams& random) const {
    return network_.forward(r, of, random);
  }

  /// A pass over all edges of the training graphs, so that their weights can be collected.
  void weigh_edges(eager<T, B>& r) {
    for (offset step = 0; step < steps(512); ++step) (void)loss(r, sample(0, 0, step, 512));
  }

  /// Cross entropy over the batch's graphs.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto random = b.random;
    return r(cross_entropy{*b.labels}, network_.forward(r, view_of(r, b), *b.graphs, random));
  }

  /// The number of batches of `size` graphs in an epoch.
  [[nodiscard]] offset steps(offset size) const {
    return detail::batches_of(std::ssize(train_), size);
  }
  /// Batch `step` of an epoch: a function of its arguments only.
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset step, offset size) {
    const auto ids = detail::shuffled_part(train_, seed, epoch, step, size);
    std::vector<index> row(ids.size()), label;
    std::iota(row.begin(), row.end(), index{0});
    for (const index id : ids) label.push_back(data_->label[static_cast<std::size_t>(id)]);
    const auto n = static_cast<offset>(ids.size());
    auto graphs = network_.union_of(*data_, ids);
    auto edges = edges_of(ids, graphs);
    return {
        std::make_shared<const graph_batch<T, B>>(std::move(graphs)),
        std::make_shared<const labeled_rows<B>>(make_labeled_rows(on_, row, label, {n, classes()})),
        random_streams(seed, epoch * steps(size) + step), std::move(edges)};
  }

  /// What a checkpoint must agree with: parts, options and data.
  [[nodiscard]] std::string identity() const {
    const auto& d = *data_;
    return detail::identity_of(
        "graphs", network_.parts(), options_,
        detail::checksum_of(d.node_begin, d.edge_begin, d.from, d.to, d.feature_begin, d.feature,
                            d.value, d.label, train_));
  }
  /// `graph`, the union of the training graphs, and the members of the network.
  static void members(auto& self, auto&& see) {
    see("graph", self.graph_);
    see("", self.network_);
  }

  /// Scores of the graphs `ids` on the host: (ids x classes), in row-major order. Throws
  /// `range_error` for a graph that does not exist and for a score that is not finite.
  [[nodiscard]] std::vector<T> scores_of(std::span<const index> ids) const {
    return network_.scores(*data_, ids);
  }
  /// The highest-scoring class of each graph in `ids`; ties go to the lower class.
  [[nodiscard]] std::vector<index> predict(std::span<const index> ids) const {
    return best_classes(scores_of(ids), classes());
  }

 private:
  /// Restricts a batch to the edges that pruning has left. Null if edges were never pruned.
  [[nodiscard]] std::shared_ptr<const gated_part> edges_of(std::span<const index> ids,
                                                           graph_batch<T, B>& of) {
    if (!graph_.is_gated()) return {};
    if (Pool::pools && graph_.has_closed())
      throw error(
          "graph_classifier: pooling: expected edges that leave when they are pruned, got "
          "masked ones");
    const auto n = graph_.pattern().edges();
    (void)narrow<index>(n, "graph_classifier: edges of the training graphs");
    if (!where_) where_.emplace(*data_, train_, network_.parts().loops());
    const auto part =
        graph_.is_whole() ? where_->of(ids) : where_->of(ids, graph_.kept_on_host(on_));
    const auto id = on_.upload(std::span<const index>(part.id));
    const std::vector<offset> wide(part.id.begin(), part.id.end());
    if (!graph_.is_whole())
      of.adjacency = subgraph(on_, of.adjacency, on_.upload(std::span<const offset>(part.stay)));
    return std::make_shared<const gated_part>(
        gated_part{group_rows(on_, id.data(), static_cast<offset>(wide.size()), n),
                   on_.upload(std::span<const offset>(wide))});
  }
  template <recorder R>
  [[nodiscard]] gated_view<R> view_of(R& r, const batch& b) const {
    if (!b.edges) return b.graphs->adjacency;
    auto gate = graph_.gates(r);
    if (gate) gate = r(gather_rows{b.edges->gate_of}, *gate);
    return {b.graphs->adjacency, gate, graph_, b.edges->id.data()};
  }
  [[nodiscard]] static std::vector<index> checked(std::vector<index> train, const graph_set& data) {
    if (train.empty())
      throw range_error("graph_classifier: training graphs: expected at least 1, got 0");
    detail::expect_ids("graph_classifier: training graph", train, 0, data.graphs());
    return train;
  }
  [[nodiscard]] static graph_classifier_options checked(const graph_classifier_options& o) {
    detail::expect_least("graph_classifier: hidden", o.hidden, 1);
    detail::expect_least("graph_classifier: layers", o.layers, 1);
    detail::expect_below_1("graph_classifier: dropout", o.dropout);
    return o;
  }
  [[nodiscard]] static std::shared_ptr<const graph_set> checked(
      std::shared_ptr<const graph_set> d) {
    d->check();
    return d;
  }

  B on_;
  graph_classifier_options options_;
  std::shared_ptr<const graph_set> data_;
  std::vector<index> train_;
  gated_graph<T, B> graph_;
  std::optional<detail::union_edges> where_{};  ///< set once edges are pruned
  network_type network_;
};

}  // namespace filigree
