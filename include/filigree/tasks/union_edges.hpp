// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/data/graph_set.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace filigree::detail {

/// The positions of the edges of some graphs in a union of many graphs of a set: edges are ordered
/// by graph, and those of one graph are in the same order in every union.
class union_edges {
 public:
  union_edges() = default;
  /// For the union of the graphs `all`, with a self-loop at each node if `loops`.
  union_edges(const graph_set& set, std::span<const index> all, bool loops)
      : place_(static_cast<std::size_t>(set.graphs())) {
    for (const index id : all) {
      const auto g = static_cast<std::size_t>(id);
      place_[g] = begin_.size() - 1;
      offset n = loops ? set.node_begin[g + 1] - set.node_begin[g] : 0;
      for (auto e = static_cast<std::size_t>(set.edge_begin[g]);
           e < static_cast<std::size_t>(set.edge_begin[g + 1]); ++e)
        n += set.from[e] == set.to[e] ? 1 : 2;
      begin_.push_back(begin_.back() + n);
    }
  }

  /// Edges of the union of some of the graphs.
  struct part {
    std::vector<offset> stay{};  ///< remaining edges, as positions in that union
    std::vector<index> id{};     ///< the same, among the remaining edges of the large union
  };
  /// The edges of the graphs `ids`, if all edges remain.
  [[nodiscard]] part of(std::span<const index> ids) const {
    part out;
    for (const index id : ids) {
      const auto k = place_[static_cast<std::size_t>(id)];
      for (offset e = begin_[k]; e < begin_[k + 1]; ++e) out.id.push_back(static_cast<index>(e));
    }
    out.stay.resize(out.id.size());
    std::iota(out.stay.begin(), out.stay.end(), offset{0});
    return out;
  }
  /// The same if only the edges `kept`, ascending, remain in the large union.
  [[nodiscard]] part of(std::span<const index> ids, std::span<const offset> kept) const {
    part out;
    offset own = 0;
    for (const index id : ids) {
      const auto k = place_[static_cast<std::size_t>(id)];
      const auto first = std::ranges::lower_bound(kept, begin_[k]),
                 last = std::lower_bound(first, kept.end(), begin_[k + 1]);
      for (auto e = first; e != last; ++e) {
        out.stay.push_back(own + *e - begin_[k]);
        out.id.push_back(static_cast<index>(e - kept.begin()));
      }
      own += begin_[k + 1] - begin_[k];
    }
    return out;
  }

 private:
  std::vector<offset> begin_{0};
  std::vector<std::size_t> place_{};
};

}  // namespace filigree::detail
