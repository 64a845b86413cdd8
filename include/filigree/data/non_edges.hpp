// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/random.hpp>
#include <filigree/data/check_graph.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace filigree {

/// Pairs of nodes: from[k] and to[k].
struct node_pairs {
  std::vector<index> from{}, to{};
};

/// The pairs of distinct nodes that are not joined by an undirected edge, numbered from 0 to
/// size() - 1. Lives on the host, and stores one number per edge.
class non_edges {
 public:
  /// Throws `range_error` for a self-loop or a duplicate edge.
  non_edges(index nodes, std::span<const index> from, std::span<const index> to) {
    detail::expect_equal("non_edges: ends of edges", std::ssize(from), std::ssize(to));
    detail::expect_edges("non_edges: edge", from, to, nodes);
    for (std::size_t e = 0; e < from.size(); ++e) {
      const auto [u, v] = std::minmax(from[e], to[e]);
      edges_.push_back(first_of(v) + u);
    }
    std::ranges::sort(edges_);
    size_ = first_of(nodes) - std::ssize(edges_);
  }

  [[nodiscard]] offset size() const { return size_; }

  /// Draws `count` of them without replacement, every subset equally likely (Floyd's sampling:
  /// Bentley, "Programming pearls: a sample of brilliance", 1987); the draw depends only on
  /// `random`. In each pair, from < to. Throws `range_error` if there are fewer.
  [[nodiscard]] node_pairs draw(offset count, philox random) const {
    if (count < 0 || count > size_)
      throw range_error("non_edges: pairs to draw: expected 0 to " + std::to_string(size_) +
                        ", got " + std::to_string(count));
    node_pairs out;
    std::unordered_set<offset> drawn;
    for (offset last = size_ - count; last < size_; ++last) {
      auto k = random.below(static_cast<std::uint64_t>(drawn.size()), last + 1);
      if (!drawn.insert(k).second) drawn.insert(k = last);
      const auto number = k + edges_before(k);
      const auto v = larger_of(number);
      out.from.push_back(static_cast<index>(number - first_of(v)));
      out.to.push_back(static_cast<index>(v));
    }
    return out;
  }

 private:
  /// The pairs u < v are numbered by v, then u; this is the number of the first pair with v.
  [[nodiscard]] static offset first_of(offset v) { return v * (v - 1) / 2; }
  [[nodiscard]] static offset larger_of(offset number) {
    auto v = static_cast<offset>((1 + std::sqrt(1 + 8 * static_cast<double>(number))) / 2);
    while (first_of(v) > number) --v;
    while (first_of(v + 1) <= number) ++v;
    return v;
  }
  /// The number of edges whose number is smaller than that of non-edge k.
  [[nodiscard]] offset edges_before(offset k) const {
    offset low = 0, high = std::ssize(edges_);
    while (low < high) {
      const auto middle = (low + high) / 2;
      if (edges_[static_cast<std::size_t>(middle)] - middle <= k)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  std::vector<offset> edges_;
  offset size_ = 0;
};

}  // namespace filigree
