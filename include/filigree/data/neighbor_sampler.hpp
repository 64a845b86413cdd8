// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/elementwise.hpp>
#include <filigree/kernels/sample_neighbors.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/row_set.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// The input of one layer of a sampled batch: some nodes, and the neighbors drawn for each.
template <backend B>
struct sampled_block {
  graph<B> adjacency;  ///< targets x sources
  row_set<B> sources;  ///< nodes whose features are read, ascending, among all nodes
  row_set<B> targets;  ///< positions of the updated nodes among the sources, ascending
  typename B::template buffer<offset> edge;    ///< edge[e]: id of edge e in the whole graph
  typename B::template buffer<offset> degree;  ///< the full number of neighbors of each target
  const graph<B>* of = nullptr;                ///< the whole graph, which must outlive the block
};

namespace detail {
/// Throws `range_error` for a fanout of 0.
inline void expect_fanouts(const std::string& name, const std::vector<offset>& fanouts) {
  for (const offset fanout : fanouts)
    expect_choice(name, fanout, fanout != 0, "at least 1, or -1 for all");
}
}  // namespace detail

/// Draws neighbors for batches of nodes, layer by layer (GraphSAGE: Hamilton et al., 2017), so that
/// a step touches a bounded part of a graph of any size. What is drawn for a node depends only on
/// the node and on the random numbers: it is the same for any batch, backend and number of threads.
template <backend B>
class neighbor_sampler {
 public:
  /// `fanouts` has the number of neighbors to draw for each layer, starting with the layer that
  /// reads the features; a negative number takes all. The graph must outlive the sampler. Throws
  /// `range_error` for an empty list or a fanout of 0.
  neighbor_sampler(const graph<B>& g, std::vector<offset> fanouts)
      : graph_(g), fanouts_(std::move(fanouts)) {
    if (fanouts_.empty()) throw range_error("neighbor_sampler: layers: expected at least 1, got 0");
    detail::expect_fanouts("neighbor_sampler: fanout", fanouts_);
  }

  /// The blocks for a batch, in layer order; the targets of the last one are the distinct nodes,
  /// ascending. Layer k draws from random stream `random.stream + k`. Throws `range_error` for a
  /// node out of range.
  [[nodiscard]] std::vector<sampled_block<B>> draw(const B& on, std::span<const index> nodes,
                                                   const philox& random) const {
    auto distinct = std::vector<index>(nodes.begin(), nodes.end());
    std::ranges::sort(distinct);
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    auto targets = on.upload(std::span<const index>(distinct));
    auto count = static_cast<offset>(distinct.size());
    detail::expect_within(on, std::as_const(targets).data(), count, graph_.rows(),
                          "neighbor_sampler: node");
    std::vector<sampled_block<B>> blocks;
    for (std::size_t k = fanouts_.size(); k-- > 0;) {
      blocks.push_back(
          draw_layer(on, targets.data(), count, fanouts_[k], {random.key, random.stream + k}));
      count = blocks.back().sources.size();
      targets = blocks.back().sources.rows;
    }
    std::ranges::reverse(blocks);
    return blocks;
  }

 private:
  [[nodiscard]] sampled_block<B> draw_layer(const B& on, const index* target, offset n,
                                            offset fanout, const philox& random) const {
    const auto pattern = graph_.forward();
    auto begin = on.template allocate<offset>(n + 1);
    on.for_each(n, kernels::drawn_neighbors{pattern.row_begin, target, fanout, begin.data()});
    on.scan(begin.data(), n);
    const offset edges = detail::fetch(on, std::as_const(begin).data() + n);
    sampled_block<B> out{};
    out.of = &graph_;
    out.edge = on.template allocate<offset>(edges);
    out.degree = on.template allocate<offset>(n);
    on.for_each(
        n, kernels::row_length<index, offset>{pattern.row_begin, target, 0, out.degree.data()});
    // The targets, then the neighbors drawn for them.
    auto ids = on.template allocate<index>(n + edges);
    auto row = on.template allocate<index>(edges);
    on.copy(target, ids.data(), n);
    on.for_each(n, kernels::draw_neighbors{pattern, target, begin.data(), random, row.data(),
                                           ids.data() + n, out.edge.data()});
    out.sources = make_row_set(on, std::as_const(ids).data(), n + edges, graph_.cols());
    const index* const local = std::as_const(out.sources.local).data();
    out.targets = make_row_set(on, local, n, out.sources.size());
    // Targets and sources ascend, and so do the neighbors in a row, so the graph keeps the edge
    // order.
    out.adjacency =
        graph<B>(on, {n, out.sources.size()}, std::as_const(row).data(), local + n, edges);
    return out;
  }

  const graph<B>& graph_;
  std::vector<offset> fanouts_;
};

}  // namespace filigree
