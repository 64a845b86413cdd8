// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/index.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Checks for hand-made graphs, run before their numbers are used as indices. Each throws a
/// `range_error` or `shape_error` whose message starts with `what`.
namespace filigree::detail {

/// Throws unless `begin` holds count + 1 offsets, ascending from 0 to `last`.
inline void expect_ranges(const std::string& what, std::span<const offset> begin, offset count,
                          offset last) {
  expect_equal(what + ": offsets", count + 1, static_cast<offset>(begin.size()));
  for (std::size_t k = 0; k < begin.size(); ++k) {
    const auto low = k ? begin[k - 1] : 0;
    const auto high = k ? last : 0;
    if (begin[k] < low || begin[k] > high)
      throw range_error(what + ": offset " + std::to_string(k) + ": expected " +
                        std::to_string(low) + " to " + std::to_string(high) + ", got " +
                        std::to_string(begin[k]));
  }
  expect_equal(what + ": last offset", last, begin.back());
}

/// Throws unless each of `ids` is at least `low` and below `bound`.
inline void expect_ids(const std::string& what, std::span<const index> ids, index low,
                       index bound) {
  for (std::size_t k = 0; k < ids.size(); ++k)
    if (ids[k] < low || ids[k] >= bound)
      throw range_error(what + " " + std::to_string(k) + ": expected " + std::to_string(low) +
                        " to " + std::to_string(offset{bound} - 1) + ", got " +
                        std::to_string(ids[k]));
}

/// Throws unless the ids within each range are strictly ascending.
inline void expect_ascending(const std::string& what, std::span<const offset> begin,
                             std::span<const index> ids) {
  for (std::size_t v = 0; v + 1 < begin.size(); ++v)
    for (auto k = static_cast<std::size_t>(begin[v]) + 1;
         k < static_cast<std::size_t>(begin[v + 1]); ++k)
      if (ids[k] <= ids[k - 1])
        throw range_error(what + " " + std::to_string(v) + ": expected ascending, got " +
                          std::to_string(ids[k]) + " after " + std::to_string(ids[k - 1]));
}

/// Throws unless every value is a finite number.
inline void expect_finite(const std::string& what, std::span<const float> values) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (!is_finite(values[k]))
      throw range_error(what + " " + std::to_string(k) + ": expected a finite number, got " +
                        std::to_string(values[k]));
}

/// Throws unless the features of the nodes, stored row after row, are ascending within each row,
/// below `features`, and have finite values.
inline void expect_features(const std::string& what, offset nodes, index features,
                            std::span<const offset> begin, std::span<const index> feature,
                            std::span<const float> value) {
  expect_ranges(what + "feature_begin", begin, nodes, std::ssize(feature));
  expect_equal(what + "values of features", std::ssize(feature), std::ssize(value));
  expect_ids(what + "feature", feature, 0, features);
  expect_ascending(what + "features of node", begin, feature);
  expect_finite(what + "value", value);
}

/// Throws unless each undirected edge joins two different nodes in range and no pair occurs twice.
inline void expect_edges(const std::string& what, std::span<const index> from,
                         std::span<const index> to, index nodes) {
  std::vector<std::pair<index, index>> seen;
  const auto fail = [&](index u, index v, const std::string& expected, const std::string& got) {
    throw range_error(what + " " + std::to_string(u) + " " + std::to_string(v) + ": expected " +
                      expected + ", got " + got);
  };
  for (std::size_t e = 0; e < from.size(); ++e) {
    const auto [u, v] = std::minmax(from[e], to[e]);
    if (u < 0 || v >= nodes)
      fail(from[e], to[e], "nodes from 0 to " + std::to_string(nodes - 1),
           std::to_string(u < 0 ? u : v));
    if (u == v) fail(u, v, "two nodes", "one");
    seen.emplace_back(u, v);
  }
  std::ranges::sort(seen);
  const auto twice = std::ranges::adjacent_find(seen);
  if (twice != seen.end()) fail(twice->first, twice->second, "once", "it again");
}

}  // namespace filigree::detail
