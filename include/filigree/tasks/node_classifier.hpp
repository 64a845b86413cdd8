// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/add_penalty.hpp>
#include <filigree/autograd/archive_options.hpp>
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/checksum.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/data/shuffle.hpp>
#include <filigree/networks/node_network.hpp>
#include <filigree/ops/cross_entropy.hpp>
#include <filigree/ops/first_rows.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/tasks/labeled_part.hpp>
#include <filigree/tasks/node_classifier_options.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Classifies nodes: trains and queries a `node_network`. It trains on the whole graph, or on
/// neighbors sampled at each step (`fanouts`); inference uses the whole graph, or only the
/// neighborhood of the requested nodes if that is small. A const model may be used from many
/// threads at once.
template <backend B, class Layers = gcn, class Fusion = no_fusion, class Prompt = no_prompt,
          class Head = conv_head, class T = float>
class node_classifier : public nothing_to_observe {
 public:
  using scalar = T;
  using backend_type = B;
  using network_type = node_network<B, Layers, Fusion, Prompt, Head, T>;
  using parts_type = typename network_type::policies;
  /// Nodes to train on, and the random streams of the step; refers to the model it was drawn from.
  struct batch {
    std::shared_ptr<const labeled_part<B>> part;
    random_streams random;
    std::shared_ptr<const sampled_nodes<T, B>> sampled{};  ///< null: the whole graph
  };

  /// Throws `range_error` for options out of range, a prompt at a layer that does not exist,
  /// fanouts with layers, jumps or prompts that need the whole graph, or data without training
  /// nodes, and whatever the policies throw.
  explicit node_classifier(node_data data, node_classifier_options options = {}, Layers layers = {},
                           Fusion fusion = {}, Prompt prompt = {}, Head head = {}, B on = {})
      : on_(on),
        options_(detail::checked(std::move(options),
                                 parts_type{layers, fusion, prompt, head}.can_sample())),
        data_(checked(std::move(data))),
        graph_(
            [on, data = data_, extra = prompt.extra_nodes(),
             loops = detail::as_encoder(layers).loops()] {
              return detail::node_graph(on, *data, extra, loops);
            },
            {.loops = detail::as_encoder(layers).loops(), .nodes = data_->nodes}),
        features_(detail::node_features<T>(on, *data_)),
        network_(on, data_->features, data_->classes, detail::of_network(options_),
                 {layers, fusion, prompt, head}, &graph_.make().pattern()) {}

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const node_classifier_options& options() const { return options_; }
  [[nodiscard]] const node_data& data() const { return *data_; }
  [[nodiscard]] index classes() const { return data_->classes; }
  [[nodiscard]] std::span<const index> labels() const { return data_->label; }
  /// The trained network; it also classifies the nodes of any other graph.
  [[nodiscard]] const network_type& network() const { return network_; }
  /// The graph along which messages are passed, including closed edges: the nodes of the data, then
  /// those of a prompt.
  [[nodiscard]] const graph<B>& scored_graph() const { return graph_.pattern(); }

  /// Scores of all nodes, or only those of a part: (nodes x classes).
  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, random_streams& random,
                                       const labeled_part<B>* only = nullptr) const {
    const auto* const rows = only ? &only->rows : nullptr;
    const auto y = network_.forward(r, gated_view<R>(r, graph_), features_, random, rows);
    const bool prompted = !only && graph_.pattern().rows() > data_->nodes;
    return prompted ? r(first_rows{data_->nodes}, y) : y;  // a prompt's nodes have no scores
  }
  /// Scores of the batch's nodes, ascending, computed from its sampled neighbors if there are any.
  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, random_streams& random, const batch& b) const {
    if constexpr (network_type::can_sample)
      if (b.sampled) return network_.forward(r, *b.sampled, random);
    return scores(r, random, b.part.get());
  }

  /// A pass over all edges, so that their weights can be collected.
  void weigh_edges(eager<T, B>& r) const {
    random_streams random;
    (void)scores(r, random);
  }

  /// Cross entropy over the batch's nodes, plus the L2 penalty.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto random = b.random;
    auto total = r(cross_entropy{b.part->labels}, scores(r, random, b));
    for_each_parameter(network_, [&](const std::string& name, const auto& p) {
      if (p.frozen || p.value.rows() < 2) return;
      const bool reads = name.starts_with("node.") ||
                         name.starts_with(network_.layers() > 0 ? "layers.0." : "head.");
      const double by = reads ? options_.l2 : options_.l2_rest;
      if (by > 0) total = r(add_penalty{}, total, r(l2_penalty{by}, r.leaf(p)));
    });
    return total;
  }

  /// The number of batches of that size in an epoch.
  [[nodiscard]] offset steps(offset size) const {
    return detail::batches_of(std::ssize(data_->train), size);
  }
  /// Batch `step` of an epoch: a function of its arguments only.
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset step, offset size) {
    auto random = random_streams(seed, epoch * steps(size) + step);
    const auto ids = steps(size) > 1 ? detail::shuffled_part(data_->train, seed, epoch, step, size)
                                     : data_->train;
    std::shared_ptr<const sampled_nodes<T, B>> drawn;
    if (!options_.fanouts.empty()) {
      if (graph_.has_closed())
        throw error(
            "node_classifier: fanouts: expected edges that leave when they are pruned, got "
            "masked ones");
      auto some = neighbors_of(ids, options_.fanouts, random.next(options_.fanouts.size()));
      detail::watch_gates(on_, graph_, some);
      drawn = std::make_shared<const sampled_nodes<T, B>>(std::move(some));
    }
    auto part = all_;
    if (!part || steps(size) > 1)
      part = detail::make_part(on_, ids, data_->label, graph_.pattern().rows(), classes());
    if (steps(size) == 1) all_ = part;
    return {part, random, drawn};
  }

  /// What a checkpoint must agree with: parts, options and data.
  [[nodiscard]] std::string identity() const {
    const auto& d = *data_;
    return detail::identity_of(
        "nodes", network_.parts(), options_,
        detail::checksum_of(d.from, d.to, d.feature_begin, d.feature, d.value, d.label, d.train));
  }
  /// `graph`, and the members of the network.
  static void members(auto& self, auto&& see) {
    see("graph", self.graph_);
    see("", self.network_);
  }

  /// Scores of the nodes `ids` on the host: (ids x classes), in row-major order. If the layers can
  /// work on a sample, the time for a few nodes depends only on their neighborhood; the last bits
  /// may then differ from those computed for all nodes. Throws `range_error` for a node that does
  /// not exist and for a score that is not finite.
  [[nodiscard]] std::vector<T> scores_of(std::span<const index> ids) const {
    detail::expect_ids("node_classifier: node", ids, 0, data_->nodes);
    auto some = of_neighborhood(ids);
    if (some.empty()) {
      eager<T, B> r(on_);
      random_streams random;
      const auto host = r.value(scores(r, random)).to_host(on_);
      for (const index id : ids) {
        const auto row = host.begin() + offset{id} * classes();
        some.insert(some.end(), row, row + classes());
      }
    }
    detail::expect_scores("node_classifier: node", ids, some, classes());
    return some;
  }
  /// The highest-scoring class of each node in `ids`; ties go to the lower class.
  [[nodiscard]] std::vector<index> predict(std::span<const index> ids) const {
    return best_classes(scores_of(ids), classes());
  }

 private:
  [[nodiscard]] static std::shared_ptr<const node_data> checked(node_data d) {
    d.check();
    if (d.train.empty())
      throw range_error("node_classifier: training nodes: expected at least 1, got 0");
    return std::make_shared<const node_data>(std::move(d));
  }
  [[nodiscard]] sampled_nodes<T, B> neighbors_of(std::span<const index> ids,
                                                 const std::vector<offset>& fanouts,
                                                 const philox& random) const {
    return detail::sample_nodes(on_, graph_.pattern(), features_, fanouts, ids, random,
                                network_type::conv_scores);
  }
  /// Scores of a few nodes from their full neighborhood; empty for many nodes, and if the
  /// neighborhood is more than half of the graph.
  [[nodiscard]] std::vector<T> of_neighborhood(std::span<const index> ids) const {
    std::vector<T> out;
    if constexpr (network_type::can_sample) {
      constexpr std::size_t few = 16;
      if (ids.empty() || ids.size() > few || !network_.parts().can_sample()) return out;
      if (graph_.has_closed()) return out;
      eager<T, B> r(on_);
      random_streams random;
      const std::vector<offset> all(static_cast<std::size_t>(options_.layers), -1);
      const auto drawn = neighbors_of(ids, all, {});
      if (2 * drawn.blocks.front().sources.size() > data_->nodes) return out;
      const auto host = r.value(network_.forward(r, drawn, random)).to_host(on_);
      std::vector<index> distinct(ids.begin(), ids.end());
      std::ranges::sort(distinct);
      distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
      for (const index id : ids) {
        const auto at = std::ranges::lower_bound(distinct, id) - distinct.begin();
        const auto row = host.begin() + at * classes();
        out.insert(out.end(), row, row + classes());
      }
    }
    return out;
  }

  B on_;
  node_classifier_options options_;
  std::shared_ptr<const node_data> data_;
  gated_graph<T, B> graph_;
  sparse_features<T, B> features_;
  network_type network_;
  std::shared_ptr<const labeled_part<B>> all_{};
};

}  // namespace filigree
