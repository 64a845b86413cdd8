// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/random.hpp>
#include <filigree/data/graph_set.hpp>
#include <filigree/data/node_data.hpp>

#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace toy {

namespace fg = filigree;

/// Three camps of nodes; most edges stay in a camp, and words tell a camp rather than not. Of each
/// camp's nodes the first are for training, then validation, then test.
inline fg::node_data camps_of_nodes(fg::index nodes = 90, std::uint64_t seed = 1) {
  fg::node_data d;
  d.nodes = nodes;
  d.classes = 3;
  d.features = 12;
  const fg::philox random{seed, 5};
  std::set<std::pair<fg::index, fg::index>> edges;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(nodes) * 3; ++k) {
    auto u = static_cast<fg::index>(random.below(4 * k, nodes));
    auto v = static_cast<fg::index>(random.below(4 * k + 1, nodes));
    if (random.uniform(4 * k + 2) < 0.85) v = v - v % 3 + u % 3;
    if (v >= nodes || u == v) continue;
    edges.insert(std::minmax(u, v));
  }
  for (const auto& [u, v] : edges) {
    d.from.push_back(u);
    d.to.push_back(v);
  }
  const fg::philox words{seed, 6};
  for (fg::index v = 0; v < nodes; ++v) {
    for (fg::index c = 0; c < d.features; ++c) {
      const double share = c / 4 == v % 3 ? 0.6 : 0.2;
      if (words.uniform(static_cast<std::uint64_t>(v * d.features + c)) >= share) continue;
      d.feature.push_back(c);
      d.value.push_back(1);
    }
    d.feature_begin.push_back(static_cast<fg::offset>(d.feature.size()));
    d.label.push_back(v % 3);
    (v < nodes / 3 ? d.train : v < nodes / 2 ? d.validation : d.test).push_back(v);
  }
  return d;
}

/// Rings and stars of 4 to 9 nodes, which nothing but their edges tells apart.
inline std::shared_ptr<const fg::graph_set> rings_and_stars(fg::index graphs = 60) {
  auto d = std::make_shared<fg::graph_set>();
  d->classes = 2;
  d->features = 1;
  for (fg::index g = 0; g < graphs; ++g) {
    const fg::index n = 4 + g / 2 % 6;
    for (fg::index v = 0; v < n; ++v) {
      d->feature.push_back(0);
      d->value.push_back(1);
      d->feature_begin.push_back(static_cast<fg::offset>(d->feature.size()));
      const fg::index u = g % 2 ? 0 : v - 1;
      if (v == 0) continue;
      d->from.push_back(u);
      d->to.push_back(v);
    }
    if (g % 2 == 0) {
      d->from.push_back(0);
      d->to.push_back(n - 1);
    }
    d->node_begin.push_back(d->node_begin.back() + n);
    d->edge_begin.push_back(static_cast<fg::offset>(d->from.size()));
    d->label.push_back(g % 2);
  }
  return d;
}

}  // namespace toy
