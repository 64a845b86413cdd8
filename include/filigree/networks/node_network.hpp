// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/networks/best_classes.hpp>
#include <filigree/networks/node_input.hpp>
#include <filigree/networks/node_network_options.hpp>
#include <filigree/nn/conv/encoder.hpp>
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/nn/fusion/fusion.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/prompt/prompt.hpp>
#include <filigree/ops/dropout.hpp>
#include <filigree/ops/first_rows.hpp>
#include <filigree/ops/relu.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

/// Scores the classes of nodes: graph layers, a fusion with the node's own features, and a head.
/// `Layers` is a layer such as `gcn`, or an `encoder` of such layers; `conv_head` uses one more
/// such layer as the head. It is independent of the data: the same network runs on the graph it was
/// trained on, on samples of it, and on any other. Many threads may use a const network at once.
template <backend B, class Layers = gcn, class Fusion = no_fusion, class Prompt = no_prompt,
          class Head = conv_head, class T = float>
class node_network {
  using encoder_type = encoder_of<Layers>;
  using conv_type = decltype(encoder_type::conv);
  using head_type = typename std::conditional_t<std::is_same_v<Head, conv_head>, conv_type,
                                                Head>::template state<T, B>;

 public:
  using scalar = T;
  using backend_type = B;
  using input = node_input<T, B>;
  /// Whether the last layer along the graph scores classes.
  static constexpr bool conv_scores = std::is_same_v<Head, conv_head>;
  /// Whether any possible layers can work on samples; `parts().can_sample()` asks the chosen ones.
  static constexpr bool can_sample = conv_type::template state<T, B>::can_sample &&
                                     std::is_same_v<encoder_type, encoder<conv_type>>;
  /// The policy chosen for each part.
  struct policies {
    Layers layers{};
    Fusion fusion{};
    Prompt prompt{};
    Head head{};

    static void options(auto& self, auto&& see) {
      see("layers", self.layers);
      see("fusion", self.fusion);
      see("prompt", self.prompt);
      see("head", self.head);
    }
    /// Whether each node must be its own neighbor in a graph.
    [[nodiscard]] bool loops() const { return detail::as_encoder(layers).loops(); }
    /// Whether a sample can be used in place of the whole graph.
    [[nodiscard]] bool can_sample() const {
      return detail::as_encoder(layers).template can_sample<T, B>() && prompt.extra_nodes() == 0;
    }
  };

  /// For nodes with `features` features and `classes` classes; `of` is the only graph it will be
  /// used with, or null for any. Throws `range_error` for options out of range and for a prompt at
  /// a layer that does not exist, and whatever the policies throw.
  node_network(const B& on, index features, index classes, const node_network_options& options,
               const policies& parts, const graph<B>* of = nullptr)
      : on_(on),
        features_(features),
        classes_(classes),
        options_(checked(options)),
        parts_(parts),
        encoder_(detail::as_encoder(parts.layers), on,
                 spec(of).part("layers", features, options.hidden, true),
                 options.layers - (conv_scores ? 1 : 0)),
        fusion_(parts.fusion, on, spec(of).part("fusion", encoder_.columns(), encoder_.columns())),
        prompt_(parts.prompt, on, spec(of).part("prompt", prompted_columns(), options.hidden)),
        head_(make_head(of)) {
    if (fuses()) {
      const auto node = spec(of).part("node", features, encoder_.columns(), true);
      node_.emplace(linear_update{}, on, node);
      node_bias_.emplace(with_bias{}, on, node);
    }
  }

  /// Everything it is constructed from, so that it can be saved and reconstructed.
  struct description {
    index features = 0;
    index classes = 0;
    node_network_options size{};
    policies parts{};

    static void options(auto& self, auto&& see) {
      see("features", self.features);
      see("classes", self.classes);
      see("size", self.size);
      see("parts", self.parts);
    }
  };
  static constexpr const char* kind = "node-network";
  /// From a description; throws like the other constructor.
  node_network(const B& on, const description& as)
      : node_network(on, as.features, as.classes, as.size, as.parts) {}
  [[nodiscard]] description describe() const { return {features_, classes_, options_, parts_}; }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] index features() const { return features_; }
  [[nodiscard]] index classes() const { return classes_; }
  [[nodiscard]] const node_network_options& options() const { return options_; }
  [[nodiscard]] const policies& parts() const { return parts_; }
  /// The number of layers before the head.
  [[nodiscard]] int layers() const { return encoder_.layers(); }

  /// The network's input for nodes and their neighbors. Throws whatever `data.check` throws, and
  /// `shape_error` for a different number of features.
  [[nodiscard]] input input_of(const node_data& data) const {
    data.check();
    detail::expect_equal("node_network: features", features_, data.features);
    return detail::make_node_input<T>(on_, data, parts_.prompt.extra_nodes(), parts_.loops());
  }

  /// Scores of all nodes or only those of `rows`: (nodes x classes), including nodes of a prompt.
  /// This is the whole network: run it on `eager` for inference, on `tape` for training.
  template <recorder R>
  [[nodiscard]] typename R::var forward(R& r, const std::type_identity_t<gated_view<R>>& g,
                                        const sparse_features<T, B>& features,
                                        random_streams& random,
                                        const row_set<B>* rows = nullptr) const {
    return through(r, random, g, features, rows, conv_scores ? nullptr : rows);
  }
  /// Scores of the nodes for which blocks were sampled, ascending; requires `can_sample`.
  template <recorder R>
  [[nodiscard]] typename R::var forward(R& r, const sampled_nodes<T, B>& drawn,
                                        random_streams& random) const {
    return through(r, random, drawn.views(r), drawn.features, nullptr, &drawn.own);
  }

  /// Scores of all nodes of any data with the same features, on the host: (nodes x classes), in
  /// row-major order. Throws like `input_of`, and `range_error` for a score that is not finite.
  [[nodiscard]] std::vector<T> scores(const node_data& data) const {
    const auto in = input_of(data);
    eager<T, B> r(on_);
    random_streams random;
    auto y = forward(r, in.adjacency, in.features, random);
    if (in.adjacency.rows() > data.nodes) y = r(first_rows{data.nodes}, y);
    const auto host = r.value(y).to_host(on_);
    detail::expect_scores("node_network: node", detail::ids_below(data.nodes), host, classes_);
    return host;
  }
  /// The highest-scoring class of each node; ties go to the lower class.
  [[nodiscard]] std::vector<index> predict(const node_data& data) const {
    return best_classes(scores(data), classes_);
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

 private:
  [[nodiscard]] static node_network_options checked(const node_network_options& o) {
    detail::expect_least("node_network: hidden", o.hidden, 1);
    detail::expect_least("node_network: layers", o.layers, 1);
    detail::expect_below_1("node_network: input_dropout", o.input_dropout);
    detail::expect_below_1("node_network: dropout", o.dropout);
    return o;
  }
  /// A fusion reads the nodes' own features from `own_rows`.
  template <recorder R, class Graph>
  [[nodiscard]] typename R::var through(R& r, random_streams& random, const Graph& g,
                                        const sparse_features<T, B>& features,
                                        const row_set<B>* rows, const row_set<B>* own_rows) const {
    const auto prompted = [&](int layer, const activation<R>& x) {
      return layer == parts_.prompt.layer() ? prompt_.apply(r, x) : x;
    };
    const auto given =
        prompted(0, activation<R>(r, features).dropped(r, options_.input_dropout, random));
    const auto xs = encoder_.each_layer(
        r, g, given, random, [&](int k, const activation<R>& x) { return k ? prompted(k, x) : x; });
    if constexpr (conv_scores) {
      auto x = xs.empty() ? given : prompted(encoder_.layers(), encoder_.join(r, xs));
      if constexpr (Fusion::needs_node)
        if (fuses()) x = fusion_.fuse(r, own(r, given, random, own_rows), x.dense(r));
      if constexpr (std::is_same_v<Graph, gated_view<R>>)
        return head_(r, g, x, random, rows);
      else
        return head_(r, g.back(), x, random);
    } else {
      auto x = detail::take(r, rows, encoder_.join(r, xs));
      if constexpr (Fusion::needs_node)
        if (fuses()) x = fusion_.fuse(r, own(r, given, random, own_rows), x);
      return head_.scores(r, x);
    }
  }
  /// The nodes' own features, for all nodes or some rows: relu(x W + b).
  template <recorder R>
  [[nodiscard]] typename R::var own(R& r, const activation<R>& x, random_streams& random,
                                    const row_set<B>* rows) const {
    const auto y = detail::take(r, rows, node_->message(r, x));
    const auto h = r(relu{}, node_bias_->apply(r, x, y, random));
    return R::learns && options_.dropout > 0 ? r(dropout{options_.dropout, random.next()}, h) : h;
  }
  [[nodiscard]] bool fuses() const { return detail::reads_node(parts_.fusion); }
  [[nodiscard]] part_spec<B> spec(const graph<B>* of) const {
    return {.seed = options_.seed, .of = of};
  }
  [[nodiscard]] offset prompted_columns() const {
    const int at = parts_.prompt.layer(), last = encoder_.layers() - (conv_scores ? 0 : 1);
    detail::expect_choice("node_classifier: prompt: layer", at, at >= 0 && at <= last,
                          "0 to " + std::to_string(last));
    return at == 0 ? features_ : at < encoder_.layers() ? options_.hidden : encoder_.columns();
  }
  [[nodiscard]] head_type make_head(const graph<B>* of) const {
    const auto columns = parts_.fusion.columns(encoder_.columns());
    if constexpr (conv_scores) {
      const bool first = encoder_.layers() == 0;
      detail::expect_choice("node_classifier: layers", options_.layers, !(first && fuses()),
                            "at least 2 with a fusion");
      auto as_head = spec(of).part("head", first ? features_ : columns, classes_, first);
      as_head.head = true;
      return head_type(detail::as_encoder(parts_.layers).conv, on_, as_head);
    } else {
      return head_type(parts_.head, on_, spec(of).part("head", columns, classes_));
    }
  }

  B on_;
  index features_, classes_;
  node_network_options options_;
  policies parts_;
  typename encoder_type::template state<T, B> encoder_;
  typename Fusion::template state<T, B> fusion_;
  typename Prompt::template state<T, B> prompt_;
  head_type head_;
  std::optional<linear_update::state<T, B>> node_{};
  std::optional<with_bias::state<T, B>> node_bias_{};
};

}  // namespace filigree
