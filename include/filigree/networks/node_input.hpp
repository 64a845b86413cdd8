// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/neighbor_sampler.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/ops/gather_rows.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace filigree {

/// The input of a network for nodes.
template <class T, backend B>
struct node_input {
  graph<B> adjacency;              ///< which nodes receive messages from which
  sparse_features<T, B> features;  ///< (nodes x columns)
};

/// The input of a step that samples neighbors: a block for each layer, and the features of its
/// nodes.
template <class T, backend B>
struct sampled_nodes {
  std::vector<sampled_block<B>> blocks;
  sparse_features<T, B> features;  ///< of the sources of the first block
  row_set<B> own;                  ///< those among them whose own features a fusion reads
  /// The graph whose gates are read, and, if they are watched, for each block, the gates of its
  /// edges.
  const gated_graph<T, B>* gates = nullptr;
  std::vector<row_set<B>> gate_of{};

  /// The blocks, with their gates.
  template <recorder R>
  [[nodiscard]] std::vector<drawn_view<R>> views(R& r) const {
    std::vector<drawn_view<R>> all;
    for (std::size_t k = 0; k < blocks.size(); ++k) {
      auto& one = all.emplace_back(drawn_view<R>{&blocks[k]});
      one.source = gates;
      if (!gate_of.empty())
        if (const auto gate = gates->gates(r)) one.gate = r(gather_rows{gate_of[k]}, *gate);
    }
    return all;
  }
};

namespace detail {

/// The graph along which messages are passed: the edges of the data, `extra` nodes that are
/// neighbors of all of its nodes, and a self-loop at each node if `loops`.
template <backend B>
[[nodiscard]] graph<B> node_graph(const B& on, const node_data& d, offset extra, bool loops) {
  auto from = d.from, to = d.to;
  const auto all = narrow<index>(d.nodes + extra, "node_classifier: nodes");
  for (index node = d.nodes; node < all; ++node)
    for (index v = 0; v < d.nodes; ++v) {
      from.push_back(v);
      to.push_back(node);
    }
  if (loops)
    for (index v = 0; v < all; ++v) {
      from.push_back(v);
      to.push_back(v);
    }
  return graph<B>::undirected(on, all, from, to);
}

/// The features of the nodes of the data.
template <class T, backend B>
[[nodiscard]] sparse_features<T, B> node_features(const B& on, const node_data& d) {
  return sparse_features_of<T>(on, d.feature_begin, d.feature, d.value, d.features);
}
/// The input of a network for the nodes of the data, with `extra` more nodes, and a self-loop at
/// each node if `loops`.
template <class T, backend B>
[[nodiscard]] node_input<T, B> make_node_input(const B& on, const node_data& d, offset extra,
                                               bool loops) {
  return {node_graph(on, d, extra, loops), node_features<T>(on, d)};
}

/// The features of n nodes.
template <class T, backend B>
[[nodiscard]] sparse_features<T, B> take_features(const B& on, const sparse_features<T, B>& x,
                                                  const index* node, offset n) {
  const auto all = x.pattern.forward();
  auto begin = on.template allocate<offset>(n + 1);
  on.for_each(n, kernels::row_length<index, offset>{all.row_begin, node, 0, begin.data()});
  on.scan(begin.data(), n);
  const offset entries = fetch(on, std::as_const(begin).data() + n);
  auto row = on.template allocate<index>(entries), column = on.template allocate<index>(entries);
  auto order = on.template allocate<offset>(entries);
  matrix<T, B> value(on, {entries, 1});
  on.for_each(n, kernels::expand_rows<index, offset>{begin.data(), row.data()});
  on.for_each(n,
              kernels::copy_entries<T, index, offset>{all, x.value.data(), node, 0, begin.data(),
                                                      column.data(), value.data(), order.data()});
  // In the order of the graph: by ascending row, then ascending column.
  return {
      graph<B>(on, {n, all.cols}, std::as_const(row).data(), std::as_const(column).data(), entries),
      std::move(value)};
}

/// Samples the blocks of some nodes, and gathers the features they need. A fusion reads the nodes,
/// or, if a layer computes the scores, the sources of the last block.
template <class T, backend B>
[[nodiscard]] sampled_nodes<T, B> sample_nodes(const B& on, const graph<B>& g,
                                               const sparse_features<T, B>& x,
                                               const std::vector<offset>& fanouts,
                                               std::span<const index> nodes, const philox& random,
                                               bool layer_scores) {
  auto blocks = neighbor_sampler<B>(g, fanouts).draw(on, nodes, random);
  const auto &first = blocks.front().sources, &last = blocks.back().sources;
  const auto& targets = blocks.back().targets.rows;
  const auto n = layer_scores ? last.size() : static_cast<offset>(targets.size());
  auto id = on.template allocate<index>(n);
  if (layer_scores)
    on.copy(last.rows.data(), id.data(), n);
  else
    on.for_each(n, kernels::gather<index, index>{targets.data(), last.rows.data(), id.data()});
  on.for_each(n, kernels::gather<index, index>{id.data(), first.slot.data(), id.data()});
  auto features = take_features(on, x, first.rows.data(), first.size());
  auto own = make_row_set(on, std::as_const(id).data(), n, first.size());
  return {std::move(blocks), std::move(features), std::move(own)};
}

/// If the gates of a graph are watched, makes a sample of it watched as well.
template <class T, backend B>
void watch_gates(const B& on, const gated_graph<T, B>& g, sampled_nodes<T, B>& drawn) {
  drawn.gates = &g;
  if (!g.is_watched()) return;
  (void)narrow<index>(g.pattern().edges(), "node_classifier: edges");
  for (const auto& block : drawn.blocks) {
    const auto n = static_cast<offset>(block.edge.size());
    auto id = on.template allocate<index>(n);
    on.for_each(n, kernels::cast_copy<offset, index>{block.edge.data(), id.data()});
    drawn.gate_of.push_back(
        group_rows(on, static_cast<const index*>(id.data()), n, g.pattern().edges()));
  }
}

}  // namespace detail

}  // namespace filigree
