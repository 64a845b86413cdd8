// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/graph_set.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace filigree {

namespace detail {
/// Replaces numbers by their place among the distinct ones, ascending; returns how many there are.
inline index rank_values(std::vector<index>& values) {
  auto distinct = values;
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  for (auto& v : values)
    v = static_cast<index>(std::ranges::lower_bound(distinct, v) - distinct.begin());
  return static_cast<index>(distinct.size());
}
}  // namespace detail

/// Reads a text file of graphs: their number; for each a line `nodes label` and a line for each
/// node, `tag m neighbor_1 ... neighbor_m`, with both directions of each edge. Tags become
/// features, a column for each (the distinct ones ascending); so do labels become classes from 0.
/// Throws `file_error` naming the line.
[[nodiscard]] inline graph_set load_graph_set(const std::string& path) {
  line_reader in(path);
  graph_set d;
  const auto line = [&](const std::string& what) {
    if (!in.next()) in.fail_file("lines", what, "the end of the file");
  };
  line("the number of graphs");
  const auto graphs = in.parse<index>(in.word(), "graphs", 0);
  std::vector<std::vector<index>> neighbors;
  for (index g = 0; g < graphs; ++g) {
    line("graph " + std::to_string(g));
    const auto nodes = in.parse<index>(in.word(), "nodes", 0);
    d.label.push_back(in.parse<index>(in.word(), "label"));
    neighbors.assign(static_cast<std::size_t>(nodes), {});
    const offset first_line = in.number() + 1;
    for (index v = 0; v < nodes; ++v) {
      line("node " + std::to_string(v) + " of graph " + std::to_string(g));
      d.feature.push_back(in.parse<index>(in.word(), "tag"));
      d.value.push_back(1);
      d.feature_begin.push_back(static_cast<offset>(d.feature.size()));
      const auto count = in.parse<index>(in.word(), "neighbors", 0, nodes);
      auto& of = neighbors[static_cast<std::size_t>(v)];
      for (index k = 0; k < count; ++k) {
        of.push_back(in.parse<index>(in.word(), "neighbor", 0, nodes - 1));
        if (of.back() == v) in.fail("neighbor", "another node", "the node itself");
      }
      if (in.more()) in.fail("neighbors", std::to_string(count), "more");
      std::ranges::sort(of);
      if (std::ranges::adjacent_find(of) != of.end())
        in.fail("neighbor", "each once",
                std::to_string(*std::ranges::adjacent_find(of)) + " again");
    }
    for (index v = 0; v < nodes; ++v)
      for (const index u : neighbors[static_cast<std::size_t>(v)]) {
        if (!std::ranges::binary_search(neighbors[static_cast<std::size_t>(u)], v))
          throw file_error(path + ":" + std::to_string(first_line + u) + ": neighbors: expected " +
                           std::to_string(v) + ", which has this node, got none");
        if (v > u) continue;
        d.from.push_back(v);
        d.to.push_back(u);
      }
    d.node_begin.push_back(static_cast<offset>(d.feature.size()));
    d.edge_begin.push_back(static_cast<offset>(d.from.size()));
  }
  while (in.next())
    if (!in.blank()) in.fail("graphs", std::to_string(graphs), "more");
  d.features = detail::rank_values(d.feature);
  d.classes = detail::rank_values(d.label);
  return d;
}

}  // namespace filigree
