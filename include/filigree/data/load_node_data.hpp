// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/dense_ids.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

namespace filigree {

/// Options for `load_node_data`.
struct node_data_options {
  int split = 0;       ///< which split to use, from 0
  index features = 0;  ///< minimum number, so that two data sets match; 0: as many as occur
  bool edges = true;   ///< if false, edges.txt is not read
};

namespace detail {

inline constexpr index largest_id = std::numeric_limits<index>::max() - 1;  // counts still fit

/// Reads classes.txt, one name per line, if it exists.
inline void load_classes(node_data& d, const std::string& path) {
  std::error_code unknown;  // reading the file then reports the error
  if (!std::filesystem::exists(path, unknown) && !unknown) return;
  line_reader in(path);
  while (in.next()) {
    if (in.blank()) in.fail("class", "a name", "none");
    d.class_names.emplace_back(in.line());
  }
  if (d.class_names.empty()) in.fail_file("classes", "at least 1", "none");
}

/// Reads nodes.txt, one line `id label part ...` per node.
inline void load_nodes(node_data& d, const std::string& path, int split) {
  line_reader in(path);
  const auto last_class =
      d.class_names.empty() ? largest_id : static_cast<index>(d.class_names.size()) - 1;
  while (in.next()) {
    if (in.blank()) continue;
    (void)in.parse<index>(in.word(), "id", d.nodes, d.nodes);
    const auto label = in.parse<index>(in.word(), "label", -1, last_class);
    int parts = 0;
    for (; in.more(); ++parts) {
      const auto part = in.word();
      if (part != "train" && part != "val" && part != "test" && part != "-")
        in.fail("part", "train, val, test or -", line_reader::quoted(part));
      if (part == "-") continue;
      if (label < 0) in.fail("part", "-, for it has no label", line_reader::quoted(part));
      if (parts != split) continue;
      auto& members = part == "train" ? d.train : part == "val" ? d.validation : d.test;
      members.push_back(d.nodes);
    }
    if (parts <= split)
      in.fail("parts",
              "at least " + std::to_string(split + 1) + " for split " + std::to_string(split),
              std::to_string(parts));
    d.label.push_back(label);
    d.classes = std::max(d.classes, label + 1);
    ++d.nodes;
  }
  if (d.nodes == 0) in.fail_file("nodes", "lines `id label part`", "none");
  if (d.train.empty()) in.fail_file("train", "at least 1 node", "none");
  if (!d.class_names.empty()) d.classes = last_class + 1;
}

/// Reads edges.txt, one line `u v` per edge, with u < v.
inline void load_edges(node_data& d, const std::string& path) {
  line_reader in(path);
  std::unordered_set<std::uint64_t> seen;
  while (in.next()) {
    if (in.blank()) continue;
    const auto u = in.parse<index>(in.word(), "node", 0, d.nodes - 1);
    const auto v = in.parse<index>(in.word(), "node", 0, d.nodes - 1);
    const auto both = std::to_string(u) + " " + std::to_string(v);
    if (in.more()) in.fail("edge", "2 nodes", "more");
    if (u >= v) in.fail("edge", "the smaller node first", both);
    if (!seen.insert(static_cast<std::uint64_t>(u) << 32 | static_cast<std::uint64_t>(v)).second)
      in.fail("edge " + both, "once", "it again");
    d.from.push_back(u);
    d.to.push_back(v);
  }
}

/// Reads features.txt, one line `id column ...` or `id column:count ...` per node.
inline void load_features(node_data& d, const std::string& path) {
  line_reader in(path);
  std::vector<std::pair<index, float>> row;
  dense_ids columns;
  const index asked = d.features;
  index v = 0;
  while (in.next()) {
    if (in.blank()) continue;
    if (v == d.nodes) in.fail("nodes", std::to_string(v) + ", as nodes.txt has", "more");
    (void)in.parse<index>(in.word(), "id", v, v);
    row.clear();
    while (in.more()) {
      const auto word = in.word();
      const auto colon = word.find(':');
      const auto column = in.parse<index>(word.substr(0, colon), "column", 0, largest_id);
      const bool counted = colon != word.npos;
      row.emplace_back(column,
                       counted ? in.parse<float>(word.substr(colon + 1), "count", 1, 1e6f) : 1);
    }
    std::ranges::sort(row);
    for (std::size_t k = 0; k < row.size(); ++k) {
      const auto column = row[k].first;
      if (k && column == row[k - 1].first)
        in.fail("column " + std::to_string(column), "once", "it again");
      d.feature.push_back(column);
      d.value.push_back(row[k].second);
      d.features = std::max(d.features, column + 1);
      if (column >= asked) columns.see(column, in);
    }
    d.feature_begin.push_back(static_cast<offset>(d.feature.size()));
    ++v;
  }
  if (v != d.nodes)
    in.fail_file("nodes", std::to_string(d.nodes) + ", as nodes.txt has", std::to_string(v));
  columns.expect(in, "column", [&] { return d.feature; });
}

}  // namespace detail

/// Reads a folder: nodes.txt (`id label part ...`, ids from 0 in order, label -1 for none, and for
/// each split a part: train, val, test or -), edges.txt (`u v`, u < v), features.txt (`id column
/// ...` or `id column:count ...`, one line per node) and, if it exists, classes.txt (one name per
/// line). There are as many classes as names, or else as many as the largest label requires. Throws
/// `file_error` naming path, line and text for: a missing file, a malformed number, an id out of
/// order or out of range, an unknown part, a part for a node without a label, a missing split, no
/// training nodes, a duplicate edge or a duplicate column of a node, and more or fewer lines of
/// features than nodes; `range_error` for a negative split or number of features.
[[nodiscard]] inline node_data load_node_data(const std::string& folder,
                                              node_data_options options = {}) {
  detail::expect_least("load_node_data: split", options.split, 0);
  detail::expect_least("load_node_data: features", options.features, 0);
  node_data d;
  d.features = options.features;
  detail::load_classes(d, folder + "/classes.txt");
  detail::load_nodes(d, folder + "/nodes.txt", options.split);
  if (options.edges) detail::load_edges(d, folder + "/edges.txt");
  detail::load_features(d, folder + "/features.txt");
  return d;
}

}  // namespace filigree
