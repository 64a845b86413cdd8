// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/node_data.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// The subgraph induced by some nodes: node k is the k-th of `nodes`, which must be ascending.
/// Features, classes and parts are kept. Throws `range_error` for nodes that are not ascending or
/// out of range.
[[nodiscard]] inline node_data select_nodes(const node_data& d, std::span<const index> nodes) {
  detail::expect_ids("select_nodes: node", nodes, 0, d.nodes);
  node_data out;
  out.nodes = narrow<index>(std::ssize(nodes), "select_nodes: nodes");
  out.features = d.features;
  out.classes = d.classes;
  out.class_names = d.class_names;
  std::vector<index> place(d.label.size(), -1);
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (k && nodes[k] <= nodes[k - 1])
      throw range_error("select_nodes: nodes: expected ascending, got " + std::to_string(nodes[k]) +
                        " after " + std::to_string(nodes[k - 1]));
    const auto v = static_cast<std::size_t>(nodes[k]);
    place[v] = static_cast<index>(k);
    out.label.push_back(d.label[v]);
    const auto first = d.feature_begin[v], last = d.feature_begin[v + 1];
    out.feature.insert(out.feature.end(), d.feature.begin() + first, d.feature.begin() + last);
    out.value.insert(out.value.end(), d.value.begin() + first, d.value.begin() + last);
    out.feature_begin.push_back(std::ssize(out.feature));
  }
  const auto at = [&](index v) { return place[static_cast<std::size_t>(v)]; };
  for (std::size_t e = 0; e < d.from.size(); ++e)
    if (at(d.from[e]) >= 0 && at(d.to[e]) >= 0) {
      out.from.push_back(at(d.from[e]));
      out.to.push_back(at(d.to[e]));
    }
  for (const auto part : {&node_data::train, &node_data::validation, &node_data::test})
    for (const index v : d.*part)
      if (at(v) >= 0) (out.*part).push_back(at(v));
  return out;
}

/// Keeps these classes, renumbered in the order given; nodes of other classes lose their label and
/// are removed from the parts. Throws `range_error` for a class that is out of range or is named
/// twice.
inline void select_classes(node_data& d, std::span<const index> classes) {
  detail::expect_ids("select_classes: class", classes, 0, d.classes);
  std::vector<index> place(static_cast<std::size_t>(d.classes), -1);
  std::vector<std::string> names;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    auto& p = place[static_cast<std::size_t>(classes[k])];
    if (p >= 0)
      throw range_error("select_classes: class " + std::to_string(classes[k]) +
                        ": expected once, got it again");
    p = static_cast<index>(k);
    if (!d.class_names.empty())
      names.push_back(d.class_names[static_cast<std::size_t>(classes[k])]);
  }
  for (auto& label : d.label)
    if (label >= 0) label = place[static_cast<std::size_t>(label)];
  for (auto* part : {&d.train, &d.validation, &d.test})
    std::erase_if(*part, [&](index v) { return d.label[static_cast<std::size_t>(v)] < 0; });
  d.classes = narrow<index>(std::ssize(classes), "select_classes: classes");
  d.class_names = std::move(names);
}

}  // namespace filigree
