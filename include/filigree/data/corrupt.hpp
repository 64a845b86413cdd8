// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/node_data.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// What happens to a selected edge or node feature.
enum class corruption {
  drop,   ///< it is removed
  rewire  ///< an edge gets a different second endpoint; a feature's value moves to another feature
};

/// Corrupts a share of the edges and of the node features, each selected with probability `share`,
/// to test how robust a model is to noise. The selection and the replacements depend only on the
/// seed; a larger share selects a superset of what a smaller share selects. An edge or feature that
/// rewiring would duplicate is removed, and so is one that has nowhere else to go; whatever is not
/// selected keeps its value. Labels and parts are unchanged. Throws `range_error` for a share
/// outside 0 to 1.
inline void corrupt(node_data& d, double share, corruption how, std::uint64_t seed) {
  detail::expect_0_to_1("corrupt: share", share);
  const auto hit = [&](std::uint64_t stream, std::size_t k) {
    return philox{seed, stream}.uniform(k) < share;
  };
  // An id below `bound` other than `low` and `high` (low <= high); -1 if there is none.
  const auto another = [&](std::uint64_t stream, std::size_t k, index bound, index low,
                           index high) {
    const index left = bound - (low == high ? 1 : 2);
    if (left < 1) return index{-1};
    auto id = static_cast<index>(philox{seed, stream}.below(k, left));
    if (id >= low) ++id;
    if (low != high && id >= high) ++id;
    return id;
  };
  constexpr std::uint64_t edge_hit = 0x636f7200, edge_end = 0x636f7201, feature_hit = 0x636f7202,
                          feature_new = 0x636f7203;

  std::vector<std::pair<index, index>> edges;
  for (std::size_t e = 0; e < d.from.size(); ++e) {
    auto ends = std::minmax(d.from[e], d.to[e]);
    std::pair<index, index> edge(ends.first, ends.second);
    if (hit(edge_hit, e)) {
      if (how == corruption::drop) continue;
      const index end = another(edge_end, e, d.nodes, edge.first, edge.second);
      if (end < 0) continue;
      edge = {std::min(d.from[e], end), std::max(d.from[e], end)};
    }
    edges.push_back(edge);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  d.from.clear();
  d.to.clear();
  for (const auto& [u, v] : edges) {
    d.from.push_back(u);
    d.to.push_back(v);
  }

  std::vector<offset> begin{0};
  std::vector<index> feature;
  std::vector<float> value;
  std::vector<std::pair<index, float>> row;
  for (std::size_t v = 0; v + 1 < d.feature_begin.size(); ++v) {
    row.clear();
    const auto first = static_cast<std::size_t>(d.feature_begin[v]);
    const auto last = static_cast<std::size_t>(d.feature_begin[v + 1]);
    for (std::size_t k = first; k < last; ++k)
      if (!hit(feature_hit, k)) row.emplace_back(d.feature[k], d.value[k]);
    // Append these after the untouched features, which win if two collide.
    for (std::size_t k = first; how == corruption::rewire && k < last; ++k)
      if (hit(feature_hit, k)) {
        const index f = another(feature_new, k, d.features, d.feature[k], d.feature[k]);
        if (f >= 0) row.emplace_back(f, d.value[k]);
      }
    std::stable_sort(row.begin(), row.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t k = 0; k < row.size(); ++k)
      if (k == 0 || row[k].first != row[k - 1].first) {
        feature.push_back(row[k].first);
        value.push_back(row[k].second);
      }
    begin.push_back(std::ssize(feature));
  }
  d.feature_begin = std::move(begin);
  d.feature = std::move(feature);
  d.value = std::move(value);
}

}  // namespace filigree
