// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/model.hpp>
#include <filigree/core/share.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/models/classifier.hpp>
#include <filigree/models/node_classifier_options.hpp>
#include <filigree/models/node_input.hpp>
#include <filigree/nn/encoder.hpp>
#include <filigree/nn/fusion.hpp>
#include <filigree/nn/graph_conv.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/prompt.hpp>
#include <filigree/ops/cross_entropy.hpp>
#include <filigree/ops/first_rows.hpp>
#include <filigree/ops/l2_penalty.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

/// Tells the classes of nodes: layers of a graph network, a fusion with what the node is of itself,
/// and a head. `Layers` is a layer such as `gcn`, or an `encoder` of such layers; `conv_head`
/// makes one more of them the head. Trains on the whole graph, or on neighbors that each step draws
/// (`fans`); infers on the whole graph. A const model may be used from many threads at once.
template <backend B, class Layers = gcn, class Fusion = no_fusion, class Prompt = no_prompt,
          class Head = conv_head, class T = float>
class node_classifier : public nothing_to_observe {
  using encoder_type = encoder_of<Layers>;
  using conv_type = decltype(encoder_type::conv);
  static constexpr bool conv_scores = std::is_same_v<Head, conv_head>;
  static constexpr bool can_sample = conv_type::template state<T, B>::can_sample &&
                                     std::is_same_v<encoder_type, encoder<conv_type>>;

 public:
  using scalar = T;
  using backend_type = B;
  /// Nodes to learn from, and the randomness of the step.
  struct batch {
    std::shared_ptr<const labeled_part<B>> part;
    pass random;
    std::shared_ptr<const sampled_nodes<T, B>> sampled{};  ///< null: the whole graph
  };

  /// Throws `range_error` for options out of range, a prompt at a layer that is not there, fans
  /// with layers, jumps or prompts that need the whole graph, or data without training nodes, and
  /// what the policies throw.
  explicit node_classifier(node_data data, node_classifier_options options = {}, Layers layers = {},
                           Fusion fusion = {}, Prompt prompt = {}, Head head = {}, B on = {})
      : on_(on),
        options_(detail::checked(std::move(options), can_sample && prompt.extra_nodes() == 0)),
        data_(checked(std::move(data))),
        prompt_options_(prompt),
        graph_(detail::node_graph(on, *data_, prompt.extra_nodes(), encoder_type::loops)),
        features_(detail::sparse_features_of<T>(on, data_->feature_begin, data_->feature,
                                                data_->value, data_->features)),
        encoder_(detail::as_encoder(layers), on, at(data_->features, options_.hidden, 0x100, true),
                 options_.layers - (conv_scores ? 1 : 0)),
        fusion_(fusion, on, at(encoder_.columns(), encoder_.columns(), 0x200)),
        prompt_(prompt, on, at(prompted_columns(), options_.hidden, 0x300)),
        head_(make_head(on, detail::as_encoder(layers), head)) {
    detail::append_policy(parts_, "layers", layers);
    detail::append_policy(parts_, "fusion", fusion);
    detail::append_policy(parts_, "prompt", prompt);
    detail::append_policy(parts_, "head", head);
    if constexpr (Fusion::needs_node) {
      node_.emplace(linear_update{}, on, at(data_->features, encoder_.columns(), 0x500, true));
      node_bias_.emplace(with_bias{}, on, at(data_->features, encoder_.columns(), 0x500, true));
    }
  }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const node_classifier_options& options() const { return options_; }
  [[nodiscard]] const node_data& data() const { return *data_; }
  [[nodiscard]] index classes() const { return data_->classes; }
  [[nodiscard]] std::span<const index> labels() const { return data_->label; }
  /// What messages travel along: the nodes of the data, then those of a prompt.
  [[nodiscard]] const graph<B>& scored_graph() const { return graph_; }

  /// Scores of all nodes, or of those of a part: (nodes x classes). The whole model: run it on
  /// `eager` to infer, on `tape` to learn.
  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, pass& now,
                                       const labeled_part<B>* only = nullptr) const {
    const auto* const rows = only ? &only->rows : nullptr;
    const auto y = along(r, now, graph_, features_, rows, conv_scores ? nullptr : rows);
    return !only && graph_.rows() > nodes() ? r(first_rows{nodes()}, y) : y;  // prompts have none
  }
  /// Scores of the batch's nodes, ascending, from what it draws.
  template <recorder R>
  [[nodiscard]] typename R::var scores(R& r, pass& now, const batch& b) const {
    if constexpr (can_sample)
      if (const auto* const s = b.sampled.get())
        return along(r, now, s->blocks, s->features, nullptr, &s->own);
    return scores(r, now, b.part.get());
  }

  /// Cross entropy of the batch's nodes, plus the L2 penalty.
  template <recorder R>
  [[nodiscard]] typename R::var loss(R& r, const batch& b) const {
    auto now = b.random;
    auto total = r(cross_entropy{b.part->labels}, scores(r, now, b));
    for_each_parameter(*this, [&](const std::string& name, const auto& p) {
      if (p.frozen || p.value.rows() < 2) return;
      const bool reads = name.starts_with("node.") ||
                         name.starts_with(encoder_.layers() > 0 ? "layers.0." : "head.");
      const double by = reads ? options_.l2 : options_.l2_rest;
      if (by > 0) total = r(add{}, total, r(l2_penalty{by}, r.leaf(p)));
    });
    return total;
  }

  /// How many batches of that size an epoch has.
  [[nodiscard]] offset steps(offset size) const {
    return detail::batches_of(std::ssize(data_->train), size);
  }
  /// Batch `step` of an epoch: a function of its arguments alone.
  [[nodiscard]] batch sample(std::uint64_t seed, offset epoch, offset step, offset size) {
    auto now = pass(seed, epoch * steps(size) + step);
    const auto ids = steps(size) > 1 ? detail::shuffled_part(data_->train, seed, epoch, step, size)
                                     : data_->train;
    std::shared_ptr<const sampled_nodes<T, B>> drawn;
    if (!options_.fans.empty())
      drawn = std::make_shared<const sampled_nodes<T, B>>(
          detail::sample_nodes(on_, graph_, features_, options_.fans, ids,
                               now.random(options_.fans.size()), conv_scores));
    auto part = all_;
    if (!part || steps(size) > 1)
      part = detail::make_part(on_, ids, data_->label, graph_.rows(), classes());
    if (steps(size) == 1) all_ = part;
    return {part, now, drawn};
  }

  /// What a checkpoint must agree with: parts, options and data.
  [[nodiscard]] std::string identity() const {
    const auto& d = *data_;
    return detail::classifier_identity(
        "nodes" + parts_, options_,
        detail::checksum_of(d.from, d.to, d.feature_begin, d.feature, d.value, d.label, d.train));
  }
  /// Layers, then `node`, `fusion`, `prompt`, `head`.
  static void members(auto& self, auto&& see) {
    see("", self.encoder_);
    see("node", self.node_);
    see("node", self.node_bias_);
    see("fusion", self.fusion_);
    see("prompt", self.prompt_);
    see("head", self.head_);
  }

  /// Scores of the nodes `ids` on the host: (ids x classes), row by row. Throws `range_error` for
  /// a node that is not there and for a score that is not finite.
  [[nodiscard]] std::vector<T> scores_of(std::span<const index> ids) const {
    detail::expect_ids("node_classifier: node", ids, 0, data_->nodes);
    eager<T, B> r(on_);
    pass now;
    const auto host = r.value(scores(r, now)).to_host(on_);
    std::vector<T> some;
    for (const index id : ids) {
      const auto row = host.begin() + offset{id} * classes();
      some.insert(some.end(), row, row + classes());
    }
    detail::expect_scores("node_classifier: node", ids, some, classes());
    return some;
  }
  /// The class of each node of `ids` that has the highest score; ties: the lower class.
  [[nodiscard]] std::vector<index> predict(std::span<const index> ids) const {
    return best_classes(scores_of(ids), classes());
  }

 private:
  using head_type = typename std::conditional_t<conv_scores, conv_type, Head>::template state<T, B>;

  [[nodiscard]] static std::shared_ptr<const node_data> checked(node_data d) {
    d.check();
    if (d.train.empty())
      throw range_error("node_classifier: training nodes: expected at least 1, got 0");
    return std::make_shared<const node_data>(std::move(d));
  }
  [[nodiscard]] offset nodes() const { return data_->nodes; }
  /// Scores of all nodes or those of `rows`, along the graph or sampled blocks. A fusion reads of
  /// the nodes themselves the features of `own`.
  template <recorder R, class Along>
  [[nodiscard]] typename R::var along(R& r, pass& now, const Along& g,
                                      const sparse_features<T, B>& features, const row_set<B>* rows,
                                      const row_set<B>* own_rows) const {
    const auto prompted = [&](int layer, const signal<R>& x) {
      return layer == prompt_options_.layer() ? prompt_.apply(r, x) : x;
    };
    const auto given = prompted(0, signal<R>(r, features).dropped(r, options_.input_dropout, now));
    const auto xs = encoder_.each_layer(
        r, g, given, now, [&](int k, const signal<R>& x) { return k ? prompted(k, x) : x; });
    if constexpr (conv_scores) {
      auto x = xs.empty() ? given : prompted(encoder_.layers(), encoder_.join(r, xs));
      if constexpr (Fusion::needs_node)
        x = fusion_.fuse(r, own(r, given, now, own_rows), x.dense(r));
      if constexpr (std::is_same_v<Along, graph<B>>)
        return head_(r, g, x, now, rows);
      else
        return head_(r, g.back(), x, now);
    } else {
      auto x = detail::take(r, rows, encoder_.join(r, xs));
      if constexpr (Fusion::needs_node) x = fusion_.fuse(r, own(r, given, now, own_rows), x);
      return head_.scores(r, x);
    }
  }
  /// What a node is of itself, of all nodes or some rows: relu(x W + b).
  template <recorder R>
  [[nodiscard]] typename R::var own(R& r, const signal<R>& x, pass& now,
                                    const row_set<B>* rows) const {
    const auto y = detail::take(r, rows, node_->message(r, x));
    const auto h = r(relu{}, node_bias_->apply(r, x, y, now));
    return R::learns && options_.dropout > 0 ? r(dropout{options_.dropout, now.random()}, h) : h;
  }
  [[nodiscard]] place<B> at(offset in, offset out, std::uint64_t part, bool sparse = false) const {
    return {.in = in,
            .out = out,
            .sparse = sparse,
            .seed = options_.seed * 0x10000 + part,
            .of = &graph_};
  }
  [[nodiscard]] offset prompted_columns() const {
    const int at = prompt_options_.layer(), last = encoder_.layers() - (conv_scores ? 0 : 1);
    if (at < 0 || at > last)
      throw range_error("node_classifier: prompt: layer: expected 0 to " + std::to_string(last) +
                        ", got " + std::to_string(at));
    return at == 0                  ? data_->features
           : at < encoder_.layers() ? options_.hidden
                                    : encoder_.columns();
  }
  [[nodiscard]] head_type make_head(const B& on, [[maybe_unused]] const encoder_type& layers,
                                    [[maybe_unused]] const Head& head) const {
    if constexpr (conv_scores) {
      const bool first = encoder_.layers() == 0;
      if (first && Fusion::needs_node)
        throw range_error("node_classifier: layers: expected at least 2 with a fusion, got 1");
      const auto columns = first ? data_->features : Fusion::columns(encoder_.columns());
      auto where = at(columns, classes(), 0x400, first);
      where.head = true;
      return head_type(layers.conv, on, where);
    } else {
      return head_type(head, on, at(Fusion::columns(encoder_.columns()), classes(), 0x400));
    }
  }

  B on_;
  node_classifier_options options_;
  std::shared_ptr<const node_data> data_;
  Prompt prompt_options_;
  std::string parts_{};  ///< what was chosen, for checkpoints
  graph<B> graph_;
  sparse_features<T, B> features_;
  typename encoder_type::template state<T, B> encoder_;
  typename Fusion::template state<T, B> fusion_;
  typename Prompt::template state<T, B> prompt_;
  head_type head_;
  std::optional<linear_update::state<T, B>> node_{};
  std::optional<with_bias::state<T, B>> node_bias_{};
  std::shared_ptr<const labeled_part<B>> all_{};
};

}  // namespace filigree
