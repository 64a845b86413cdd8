// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/networks/best_classes.hpp>
#include <filigree/networks/node_input.hpp>
#include <filigree/nn/conv/encoder.hpp>
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/ops/sddmm.hpp>
#include <filigree/tensor/fetch.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// The size of a network that compares nodes, and its dropout rate.
struct link_network_options {
  index hidden = 32;   ///< columns between layers
  index columns = 16;  ///< of the embeddings that are compared
  int layers = 2;      ///< number of graph layers, including the one that computes these embeddings
  float input_dropout = 0;  ///< dropout rate of the features during training
  std::uint64_t seed = 1;   ///< for the initial parameters

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("columns", self.columns);
    see("layers", self.layers);
    see("input_dropout", self.input_dropout);
    see("seed", self.seed);
  }
};

/// Scores how likely nodes are to be connected: graph layers compute an embedding for each node,
/// and the dot product of two embeddings is the score of their pair, higher if an edge is more
/// likely (a graph auto-encoder: Kipf and Welling, "Variational graph auto-encoders", 2016).
/// `Layers` is a layer such as `gcn`, or an `encoder` of such layers; the last of them has no
/// nonlinearity. It runs on any graph. A const network may be used from many threads at once.
template <backend B, class Layers = gcn, class T = float>
class link_network {
  using encoder_type = encoder_of<Layers>;
  using last_type = typename decltype(encoder_type::conv)::template state<T, B>;

 public:
  using scalar = T;
  using backend_type = B;
  using input = node_input<T, B>;
  /// The policy chosen for each part.
  struct policies {
    Layers layers{};

    static void options(auto& self, auto&& see) { see("layers", self.layers); }
    /// Whether each node must be its own neighbor in a graph.
    [[nodiscard]] bool loops() const { return detail::as_encoder(layers).loops(); }
  };

  /// For nodes with `features` features; `of` is the only graph it will be used with, or null for
  /// any. Throws `range_error` for options out of range, and whatever the policies throw.
  link_network(const B& on, index features, const link_network_options& options,
               const policies& parts, const graph<B>* of = nullptr)
      : on_(on),
        features_(features),
        options_(checked(options)),
        parts_(parts),
        encoder_(detail::as_encoder(parts.layers), on,
                 spec(of).part("layers", features, options.hidden, true), options.layers - 1),
        last_(make_last(of)) {}

  /// Everything it is constructed from, so that it can be saved and reconstructed.
  struct description {
    index features = 0;
    link_network_options size{};
    policies parts{};

    static void options(auto& self, auto&& see) {
      see("features", self.features);
      see("size", self.size);
      see("parts", self.parts);
    }
  };
  static constexpr const char* kind = "link-network";
  /// From a description; throws like the other constructor.
  link_network(const B& on, const description& as)
      : link_network(on, as.features, as.size, as.parts) {}
  [[nodiscard]] description describe() const { return {features_, options_, parts_}; }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] index features() const { return features_; }
  [[nodiscard]] const link_network_options& options() const { return options_; }
  [[nodiscard]] const policies& parts() const { return parts_; }

  /// The network's input for nodes and their neighbors. Throws whatever `data.check` throws, and
  /// `shape_error` for a different number of features.
  [[nodiscard]] input input_of(const node_data& data) const {
    data.check();
    detail::expect_equal("link_network: features", features_, data.features);
    return detail::make_node_input<T>(on_, data, 0, parts_.loops());
  }

  /// The embeddings of all nodes: (nodes x columns).
  template <recorder R>
  [[nodiscard]] typename R::var forward(R& r, const std::type_identity_t<gated_view<R>>& g,
                                        const sparse_features<T, B>& features,
                                        random_streams& random) const {
    const auto given = activation<R>(r, features).dropped(r, options_.input_dropout, random);
    const auto xs =
        encoder_.each_layer(r, g, given, random, [](int, const activation<R>& x) { return x; });
    return last_(r, g, xs.empty() ? given : activation<R>(encoder_.join(r, xs)), random);
  }

  /// The score of each pair from[k], to[k] of nodes, whose embeddings are the rows of z: its
  /// sigmoid is the probability of an edge, assuming that edges are as frequent as non-edges.
  /// Throws `shape_error` if `from` and `to` differ in length, `range_error` for a node that does
  /// not exist, a pair that occurs twice or a score that is not finite.
  [[nodiscard]] std::vector<T> scores(eager<T, B>& r, typename eager<T, B>::var z,
                                      std::span<const index> from,
                                      std::span<const index> to) const {
    const offset nodes = r.value(z).rows();
    const graph<B> pattern(on_, {nodes, nodes}, from, to);
    const auto score = r.value(r(sddmm{pattern}, z, z)).to_host(on_);
    const auto order = detail::fetch(on_, pattern.order(), pattern.edges());
    std::vector<T> out(score.size());
    for (std::size_t e = 0; e < out.size(); ++e) out[static_cast<std::size_t>(order[e])] = score[e];
    detail::expect_scores("link_predictor: pair of node", from, out, 1);
    return out;
  }
  /// The same for nodes from `input_of`.
  [[nodiscard]] std::vector<T> scores(const input& in, std::span<const index> from,
                                      std::span<const index> to) const {
    eager<T, B> r(on_);
    random_streams random;
    return scores(r, forward(r, in.adjacency, in.features, random), from, to);
  }
  /// The same for nodes of any data with the same features.
  [[nodiscard]] std::vector<T> scores(const node_data& data, std::span<const index> from,
                                      std::span<const index> to) const {
    return scores(input_of(data), from, to);
  }

  /// `layers.0` and so on, then `last`.
  static void members(auto& self, auto&& see) {
    see("", self.encoder_);
    see("last", self.last_);
  }

 private:
  [[nodiscard]] static link_network_options checked(const link_network_options& o) {
    detail::expect_least("link_network: hidden", o.hidden, 1);
    detail::expect_least("link_network: layers", o.layers, 1);
    detail::expect_below_1("link_network: input_dropout", o.input_dropout);
    detail::expect_least("link_network: columns", o.columns, 1);
    return o;
  }
  [[nodiscard]] part_spec<B> spec(const graph<B>* of) const {
    return {.seed = options_.seed, .of = of};
  }
  [[nodiscard]] last_type make_last(const graph<B>* of) const {
    const bool first = encoder_.layers() == 0;
    auto as_head = spec(of).part("last", encoder_.columns(), options_.columns, first);
    as_head.head = true;
    return last_type(detail::as_encoder(parts_.layers).conv, on_, as_head);
  }

  B on_;
  index features_;
  link_network_options options_;
  policies parts_;
  typename encoder_type::template state<T, B> encoder_;
  last_type last_;
};

}  // namespace filigree
