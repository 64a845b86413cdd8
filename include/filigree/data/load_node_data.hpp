// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/node_data.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filigree {

/// How a folder of `load_node_data` is read.
struct node_data_format {
  int split = 0;       ///< which of the columns of parts in nodes.txt counts, from 0
  index features = 0;  ///< at least so many columns; 0: as many as are named
};

namespace detail {

/// The features of one line `column column ...` or `column:count ...`, ascending.
inline void read_features(line_reader& in, node_data& d,
                          std::vector<std::pair<index, float>>& bag) {
  bag.clear();
  for (auto w = in.word(); !w.empty(); w = in.word()) {
    const auto colon = std::min(w.find(':'), w.size());
    const auto column = in.parse<index>(w.substr(0, colon), "feature", 0, 99'999'999);
    const float count =
        colon < w.size() ? in.parse<float>(w.substr(colon + 1), "count", 0, 1e6f) : 1;
    bag.emplace_back(column, count);
  }
  std::ranges::sort(bag);
  for (std::size_t k = 0; k < bag.size(); ++k) {
    if (k && bag[k].first == bag[k - 1].first)
      in.fail("feature", "each once", std::to_string(bag[k].first) + " again");
    d.feature.push_back(bag[k].first);
    d.value.push_back(bag[k].second);
    d.features = std::max(d.features, bag[k].first + 1);
  }
  d.feature_begin.push_back(static_cast<offset>(d.feature.size()));
}

/// The part of the column that counts.
[[nodiscard]] inline std::string_view read_part(line_reader& in, int split) {
  std::string_view part;
  for (int k = 0; k <= split; ++k) {
    part = in.word();
    if (part.empty())
      in.fail("part", "column " + std::to_string(split) + " of parts", std::to_string(k));
  }
  if (part != "train" && part != "val" && part != "test" && part != "-")
    in.fail("part", "train, val, test or -", line_reader::quoted(part));
  return part;
}

}  // namespace detail

/// Reads a folder: nodes.txt (`id label part ...`, ids from 0, label -1: none, part train, val,
/// test or -, one or several columns of parts), features.txt (`id column ...` or `id column:count
/// ...`), edges.txt (`u v` with u < v), and classes.txt (a name a line) where it is there. Throws
/// `file_error` naming file and line.
[[nodiscard]] inline node_data load_node_data(const std::string& folder,
                                              const node_data_format& format = {}) {
  node_data d;
  d.features = format.features;
  const std::string names = folder + "/classes.txt";
  if (std::filesystem::exists(names)) {
    line_reader in(names);
    while (in.next()) d.class_names.emplace_back(in.line());
    if (d.class_names.empty()) in.fail_file("classes", "at least 1", "none");
    d.classes = static_cast<index>(d.class_names.size());
  }
  line_reader nodes(folder + "/nodes.txt"), features(folder + "/features.txt");
  std::vector<std::pair<index, float>> bag;
  const index last_class = d.classes ? d.classes - 1 : 999'999;
  for (; nodes.next(); ++d.nodes) {
    (void)nodes.parse<index>(nodes.word(), "id", d.nodes, d.nodes);
    const auto label = nodes.parse<index>(nodes.word(), "label", -1, last_class);
    const auto part = detail::read_part(nodes, format.split);
    if (label < 0 && part != "-")
      nodes.fail("part", "-, for it has no label", line_reader::quoted(part));
    d.label.push_back(label);
    if (part == "train") d.train.push_back(d.nodes);
    if (part == "val") d.validation.push_back(d.nodes);
    if (part == "test") d.test.push_back(d.nodes);
    if (d.class_names.empty()) d.classes = std::max(d.classes, label + 1);
    if (!features.next())
      features.fail_file("nodes", "as many as nodes.txt has", std::to_string(d.nodes));
    (void)features.parse<index>(features.word(), "id", d.nodes, d.nodes);
    detail::read_features(features, d, bag);
  }
  if (features.next()) features.fail("nodes", "as many as nodes.txt has", "more");
  if (d.train.empty()) nodes.fail_file("train", "at least 1 node", "none");

  line_reader edges(folder + "/edges.txt");
  std::vector<std::pair<std::pair<index, index>, offset>> sorted;
  while (edges.next()) {
    const auto u = edges.parse<index>(edges.word(), "node", 0, d.nodes - 1);
    const auto v = edges.parse<index>(edges.word(), "node", 0, d.nodes - 1);
    if (u >= v) edges.fail("edge", "the smaller node first", std::to_string(u));
    if (edges.more()) edges.fail("edge", "2 nodes", "more");
    d.from.push_back(u);
    d.to.push_back(v);
    sorted.emplace_back(std::pair(u, v), edges.number());
  }
  std::ranges::sort(sorted);
  for (std::size_t k = 1; k < sorted.size(); ++k)
    if (sorted[k].first == sorted[k - 1].first)
      throw file_error(edges.path() + ":" + std::to_string(sorted[k].second) +
                       ": edge: expected each once, got " + std::to_string(sorted[k].first.first) +
                       " " + std::to_string(sorted[k].first.second) + " again");
  return d;
}

}  // namespace filigree
