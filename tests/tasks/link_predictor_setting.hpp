// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "learned.hpp"
#include <filigree/core/random.hpp>
#include <filigree/data/node_data.hpp>
#include <filigree/tasks/link_predictor.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Two communities, most edges within one; the feature of a node is its number.
inline node_data two_communities(index nodes = 60, std::uint64_t seed = 1) {
  node_data d;
  d.nodes = d.features = nodes;
  const philox random{seed, 7};
  std::set<std::pair<index, index>> edges;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(nodes) * 14; ++k) {
    const auto u = static_cast<index>(random.below(3 * k, nodes));
    auto v = static_cast<index>(random.below(3 * k + 1, nodes));
    if (random.uniform(3 * k + 2) < 0.98) v = v - v % 2 + u % 2;
    if (v < nodes && u != v) edges.insert(std::minmax(u, v));
  }
  for (const auto& [u, v] : edges) {
    d.from.push_back(u);
    d.to.push_back(v);
  }
  for (index v = 0; v < nodes; ++v) {
    d.feature.push_back(v);
    d.value.push_back(1);
    d.feature_begin.push_back(v + 1);
    d.label.push_back(-1);
  }
  return d;
}
template <class B, class T>
using plain_links = link_predictor<B, gcn, T>;

}  // namespace filigree
