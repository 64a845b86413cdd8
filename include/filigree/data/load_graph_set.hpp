// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/graph_set.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace filigree {

namespace detail {

/// Replaces the values by 0, 1, ... in ascending order; returns the value that each of these stands
/// for.
[[nodiscard]] inline std::vector<index> renumber(std::vector<index>& values) {
  auto distinct = values;
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (auto& v : values)
    v = static_cast<index>(std::ranges::lower_bound(distinct, v) - distinct.begin());
  return distinct;
}

/// Reads one graph of a set, line by line.
class graph_lines {
 public:
  explicit graph_lines(line_reader& in) : in_(in) {}

  /// Advances to the next line that is not blank; if there is none, reports the expected and actual
  /// count of `thing`.
  void step(const std::string& thing, index expected, index got) {
    do
      if (!in_.next()) in_.fail_file(thing, std::to_string(expected), std::to_string(got));
    while (in_.blank());
  }
  /// Reads the number of nodes and the label, then the nodes; tags are stored unchanged in
  /// `feature`.
  void append_to(graph_set& all) {
    const auto n = in_.parse<index>(in_.word(), "nodes", 0, std::numeric_limits<index>::max() - 1);
    all.label.push_back(in_.parse<index>(in_.word(), "label"));
    if (in_.more()) in_.fail("graph", "a line `nodes label`", "more");
    const auto name = "nodes of graph " + std::to_string(all.label.size() - 1);
    for (index v = 0; v < n; ++v) {
      step(name, n, v);
      all.feature.push_back(in_.parse<index>(in_.word(), "tag"));
      all.feature_begin.push_back(std::ssize(all.feature));
      read_neighbors(v, n);
      expect_symmetric(v);
      for (const index u : neighbors_)
        if (u > v) {
          all.from.push_back(v);
          all.to.push_back(u);
          waiting_[u].push_back(v);
        }
    }
    all.node_begin.push_back(std::ssize(all.feature));
    all.edge_begin.push_back(all.edges());
  }

 private:
  /// The neighbors of node v, ascending.
  void read_neighbors(index v, index nodes) {
    neighbors_.clear();
    const auto count = in_.parse<index>(in_.word(), "neighbors", 0, nodes - 1);
    for (index k = 0; k < count; ++k)
      neighbors_.push_back(in_.parse<index>(in_.word(), "neighbor", 0, nodes - 1));
    if (in_.more()) in_.fail("neighbors", std::to_string(count), "more");
    std::ranges::sort(neighbors_);
    const auto twice = std::ranges::adjacent_find(neighbors_);
    if (twice != neighbors_.end())
      in_.fail("neighbor " + std::to_string(*twice), "once", "it again");
    if (std::ranges::binary_search(neighbors_, v))
      in_.fail("neighbor", "a node other than " + std::to_string(v), std::to_string(v));
  }
  /// The lower-numbered neighbors that node v lists must be exactly the earlier nodes that listed
  /// v.
  void expect_symmetric(index v) {
    const auto& said = waiting_[v];
    const std::vector<index> says(neighbors_.begin(), std::ranges::lower_bound(neighbors_, v));
    std::vector<index> only;
    std::ranges::set_difference(says, said, std::back_inserter(only));
    if (!only.empty())
      in_.fail("neighbor " + std::to_string(only[0]),
               "a node whose neighbors include " + std::to_string(v), "one without");
    std::ranges::set_difference(said, says, std::back_inserter(only));
    if (!only.empty())
      in_.fail("neighbors",
               std::to_string(only[0]) + ", whose neighbors include " + std::to_string(v), "none");
    waiting_.erase(v);
  }

  line_reader& in_;
  std::vector<index> neighbors_;
  std::unordered_map<index, std::vector<index>>
      waiting_;  // by node: the earlier nodes that listed it, ascending
};

}  // namespace detail

/// Reads a text file of small graphs: the number of graphs; then, for each, a line `n label`
/// followed by n lines `tag m neighbor ...` with m neighbors, numbered from 0 in each graph. Each
/// tag becomes a feature of value 1, and labels become classes, numbered from 0 in ascending order;
/// `tags` and `class_names` hold the original values. Throws `file_error` naming path, line and
/// text for: a missing file, a malformed number, more or fewer graphs, nodes or neighbors than
/// declared, a neighbor that is out of range, is the node itself or is listed twice, and an edge
/// that is listed on one side only.
[[nodiscard]] inline graph_set load_graph_set(const std::string& path) {
  line_reader in(path);
  detail::graph_lines lines(in);
  graph_set all;
  lines.step("graphs", 1, 0);
  const auto graphs = in.parse<index>(in.word(), "graphs", 1);
  if (in.more()) in.fail("graphs", "their number alone", "more");
  for (index g = 0; g < graphs; ++g) {
    lines.step("graphs", graphs, g);
    lines.append_to(all);
  }
  while (in.next())
    if (!in.blank()) in.fail("graphs", std::to_string(graphs), "more");
  all.value.assign(all.feature.size(), 1);
  all.tags = detail::renumber(all.feature);
  all.features = static_cast<index>(all.tags.size());
  for (const index name : detail::renumber(all.label))
    all.class_names.push_back(std::to_string(name));
  all.classes = static_cast<index>(all.class_names.size());
  return all;
}

}  // namespace filigree
