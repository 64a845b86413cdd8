// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/data/graph_set.hpp>
#include <filigree/networks/best_classes.hpp>
#include <filigree/networks/graph_batch.hpp>
#include <filigree/nn/conv/encoder.hpp>
#include <filigree/nn/conv/gin.hpp>
#include <filigree/nn/fusion/fusion.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/pool/pooling.hpp>
#include <filigree/nn/pool/readout.hpp>
#include <filigree/ops/dropout.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

/// The size of a network for graphs, and its dropout rate.
struct graph_network_options {
  index hidden = 64;       ///< columns between layers
  int layers = 4;          ///< number of graph layers
  float dropout = 0;       ///< dropout rate of a graph's features during training
  std::uint64_t seed = 1;  ///< for the initial parameters

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("hidden", self.hidden);
    see("layers", self.layers);
    see("dropout", self.dropout);
    see("seed", self.seed);
  }
};

/// Scores the classes of graphs: graph layers, a readout of each, a combination of the readouts,
/// and a head. With a fusion, nodes are first fused with the readout of their graph. With pooling,
/// each layer's nodes are pooled before the readout and before the next layer: node, neighborhood,
/// community, graph. It runs on disjoint unions of any graphs. A const network may be used from
/// many threads at once.
template <backend B, class Layers = encoder<gin, concat_layers>, class Readout = sum_readout,
          class Fusion = no_fusion, class Head = linear_head, class T = float,
          class Pool = no_pooling>
class graph_network {
  static_assert(!(Pool::pools && Fusion::needs_node),
                "graph_classifier: fusion: expected no_fusion beside a pooling, got a fusion");
  using encoder_type = encoder_of<Layers>;

 public:
  using scalar = T;
  using backend_type = B;
  /// The policy chosen for each part.
  struct policies {
    Layers layers{};
    Readout readout{};
    Fusion fusion{};
    Head head{};
    Pool pool{};

    static void options(auto& self, auto&& see) {
      see("layers", self.layers);
      see("readout", self.readout);
      see("fusion", self.fusion);
      see("head", self.head);
      see("pool", self.pool);
    }
    /// Whether each node must be its own neighbor in a graph.
    [[nodiscard]] bool loops() const { return detail::as_encoder(layers).loops(); }
  };

  /// For nodes with `features` features, and graphs of `classes` classes. Throws `range_error` for
  /// options out of range, and whatever the policies throw.
  graph_network(const B& on, index features, index classes, const graph_network_options& options,
                const policies& parts)
      : on_(on),
        features_(features),
        classes_(classes),
        options_(checked(options)),
        parts_(parts),
        encoder_(detail::as_encoder(parts.layers), on,
                 spec().part("layers", features, options.hidden, true), options.layers),
        fusion_(parts.fusion, on, spec().part("fusion", encoder_.columns(), encoder_.columns())),
        head_(parts.head, on,
              spec().part("head", parts.fusion.columns(encoder_.columns()), classes)) {
    // One for each layer; with a fusion, one for the context and one for the fused nodes.
    if (fuses())
      for (const offset n : {encoder_.columns(), parts.fusion.columns(encoder_.columns())})
        readouts_.emplace_back(parts.readout, on,
                               spec().part("readout." + std::to_string(readouts_.size()), n, n));
    else
      for (int k = 0; k < options.layers; ++k) {
        const auto n = std::to_string(k);
        const offset columns = options.hidden;
        readouts_.emplace_back(parts.readout, on, spec().part("readout." + n, columns, columns));
        pools_.emplace_back(parts.pool, on, spec().part("pool." + n, columns, columns));
      }
  }

  /// Everything it is constructed from, so that it can be saved and reconstructed.
  struct description {
    index features = 0;
    index classes = 0;
    graph_network_options size{};
    policies parts{};

    static void options(auto& self, auto&& see) {
      see("features", self.features);
      see("classes", self.classes);
      see("size", self.size);
      see("parts", self.parts);
    }
  };
  static constexpr const char* kind = "graph-network";
  /// From a description; throws like the other constructor.
  graph_network(const B& on, const description& as)
      : graph_network(on, as.features, as.classes, as.size, as.parts) {}
  [[nodiscard]] description describe() const { return {features_, classes_, options_, parts_}; }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] index features() const { return features_; }
  [[nodiscard]] index classes() const { return classes_; }
  [[nodiscard]] const graph_network_options& options() const { return options_; }
  [[nodiscard]] const policies& parts() const { return parts_; }

  /// The union of graphs of a set, with the clusters that pooling requires. Throws `shape_error`
  /// for a different number of features.
  [[nodiscard]] graph_batch<T, B> union_of(const graph_set& set, std::span<const index> ids) const {
    detail::expect_equal("graph_network: features", features_, set.features);
    return make_graph_batch<T>(on_, set, ids, parts_.loops(), Pool::coarsens ? options_.layers : 0);
  }

  /// Scores of graphs: (graphs x classes). This is the whole network: run it on `eager` for
  /// inference, on `tape` for training.
  template <recorder R>
  [[nodiscard]] typename R::var forward(R& r, const graph_batch<T, B>& of,
                                        random_streams& random) const {
    return forward(r, of.adjacency, of, random);
  }
  /// The same along only the edges of a view.
  template <recorder R>
  [[nodiscard]] typename R::var forward(R& r, const std::type_identity_t<gated_view<R>>& g,
                                        const graph_batch<T, B>& of, random_streams& random) const {
    auto z = [&] {
      if constexpr (Fusion::needs_node)
        if (fuses()) return fused(r, g, of, random);
      return by_layer(r, g, of, random);
    }();
    if (R::learns && options_.dropout > 0) z = r(dropout{options_.dropout, random.next()}, z);
    return head_.scores(r, z);
  }

  /// Scores of graphs of any set with the same features, on the host: (ids x classes), in row-major
  /// order. The set must be one that `check` accepts. Throws `range_error` for a graph that does
  /// not exist and for a score that is not finite, `shape_error` for a different number of
  /// features.
  [[nodiscard]] std::vector<T> scores(const graph_set& set, std::span<const index> ids) const {
    detail::expect_ids("graph_classifier: graph", ids, 0, set.graphs());
    std::vector<T> all;
    constexpr std::size_t at_once = 512;
    for (std::size_t first = 0; first < ids.size(); first += at_once) {
      const auto graphs = union_of(set, ids.subspan(first, std::min(at_once, ids.size() - first)));
      eager<T, B> r(on_);
      random_streams random;
      const auto some = r.value(forward(r, graphs, random)).to_host(on_);
      all.insert(all.end(), some.begin(), some.end());
    }
    detail::expect_scores("graph_classifier: graph", ids, all, classes_);
    return all;
  }
  /// The highest-scoring class of each graph of a set; ties go to the lower class. Throws whatever
  /// `set.check` and `scores` throw.
  [[nodiscard]] std::vector<index> predict(const graph_set& set) const {
    set.check();
    return best_classes(scores(set, detail::ids_below(static_cast<index>(set.graphs()))), classes_);
  }

  /// Layers, then `pool`, `readout`, `fusion`, `head`.
  static void members(auto& self, auto&& see) {
    see("", self.encoder_);
    see("pool", self.pools_);
    see("readout", self.readouts_);
    see("fusion", self.fusion_);
    see("head", self.head_);
  }

 private:
  [[nodiscard]] static graph_network_options checked(const graph_network_options& o) {
    detail::expect_least("graph_network: hidden", o.hidden, 1);
    detail::expect_least("graph_network: layers", o.layers, 1);
    detail::expect_below_1("graph_network: dropout", o.dropout);
    return o;
  }
  [[nodiscard]] bool fuses() const { return detail::reads_node(parts_.fusion); }
  /// The readout of a graph's nodes after fusion with their readout.
  template <recorder R>
  [[nodiscard]] typename R::var fused(R& r, const gated_view<R>& g, const graph_batch<T, B>& of,
                                      random_streams& random) const {
    const auto keep = [](int, const activation<R>& y) { return y; };
    const auto node =
        encoder_.join(r, encoder_.each_layer(r, g, activation<R>(r, of.features), random, keep));
    const auto context = of.nodes_of.spread(r, readouts_[0].read(r, of.nodes_of, node));
    return readouts_[1].read(r, of.nodes_of, fusion_.fuse(r, node, context));
  }
  /// The joined readouts of all layers.
  template <recorder R>
  [[nodiscard]] typename R::var by_layer(R& r, const gated_view<R>& g, const graph_batch<T, B>& of,
                                         random_streams& random) const {
    activation<R> x(r, of.features);
    std::vector<typename R::var> xs;
    const node_level<T, B>* level = &of;
    for (std::size_t k = 0; k < pools_.size(); ++k) {
      const auto here = level == &of ? g : gated_view<R>(level->adjacency);
      const auto next = pools_[k].pool(r, *level, encoder_.layer(k)(r, here, x, random));
      level = &next.of;
      x = activation<R>(next.x);
      xs.push_back(readouts_[k].read(r, level->nodes_of, next.x));
    }
    return encoder_.join(r, xs);
  }
  [[nodiscard]] part_spec<B> spec() const { return {.seed = options_.seed}; }

  B on_;
  index features_, classes_;
  graph_network_options options_;
  policies parts_;
  typename encoder_type::template state<T, B> encoder_;
  std::vector<typename Pool::template state<T, B>> pools_;
  std::vector<typename Readout::template state<T, B>> readouts_;
  typename Fusion::template state<T, B> fusion_;
  typename Head::template state<T, B> head_;
};

}  // namespace filigree
