// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/function.hpp>
#include <filigree/core/random.hpp>
#include <filigree/core/vectors.hpp>
#include <filigree/core/views.hpp>

namespace filigree::kernels::inline FILIGREE_VECTORS {

/// count[i] = how many neighbors are drawn for node[i]: at most `fanout`, or all if it is negative.
struct drawn_neighbors {
  const offset* row_begin;
  const index* node;
  offset fanout;
  offset* count;
  FILIGREE_FN void operator()(offset i) const {
    const offset degree = row_begin[node[i] + 1] - row_begin[node[i]];
    count[i] = fanout < 0 || degree < fanout ? degree : fanout;
  }
};

/// Draws begin[i + 1] - begin[i] distinct neighbors of node[i] (Floyd's algorithm: Bentley and
/// Floyd, 1987), in the order of the pattern: depends only on the node and the random numbers.
struct draw_neighbors {
  static constexpr offset grain = 16;
  pattern_view<> pattern;
  const index* node;
  const offset* begin;
  philox random;
  index *row, *neighbor;
  offset* edge;  ///< edge[k]: position of entry k within the pattern row, in the end its edge id
  FILIGREE_FN void operator()(offset i) const {
    const index v = node[i];
    const offset first = pattern.row_begin[v], degree = pattern.row_begin[v + 1] - first;
    offset* const drawn = edge + begin[i];
    const offset count = begin[i + 1] - begin[i];
    const auto key = static_cast<std::uint64_t>(v) << 32;
    for (offset k = 0; k < count; ++k) {
      const offset last = degree - count + k;
      offset at = last;
      if (count < degree) {
        const offset t = random.below(key + static_cast<std::uint64_t>(k), last + 1);
        offset low = 0, high = k;
        while (low < high) {
          const offset middle = (low + high) / 2;
          if (drawn[middle] < t)
            low = middle + 1;
          else
            high = middle;
        }
        if (low == k || drawn[low] != t) {
          for (offset j = k; j > low; --j) drawn[j] = drawn[j - 1];
          drawn[low] = t;
          continue;
        }
      }
      drawn[k] = at;
    }
    for (offset k = begin[i]; k < begin[i + 1]; ++k) {
      const offset at = first + edge[k];
      row[k] = static_cast<index>(i);
      neighbor[k] = pattern.neighbor[at];
      edge[k] = pattern.edge_of(at);
    }
  }
};

}  // namespace filigree::kernels::inline FILIGREE_VECTORS
