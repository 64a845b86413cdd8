// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace filigree {

/// A graph whose nodes have features and, some of them, a class; on the host.
struct node_data {
  index nodes = 0, features = 0, classes = 0;
  std::vector<index> from, to;                 ///< undirected edges, each once
  std::vector<offset> feature_begin{0};        ///< nodes + 1: node v has the features from here on
  std::vector<index> feature;                  ///< columns, ascending in each node
  std::vector<float> value;                    ///< of each feature
  std::vector<index> label;                    ///< of each node; -1: none
  std::vector<index> train, validation, test;  ///< nodes, ascending
  std::vector<std::string> class_names;        ///< may be empty
};

/// What the features of a node are divided by: nothing, their sum, or their length.
enum class feature_norm { none, sum, length };

/// Scales the features of each node that has some.
inline void normalize_features(node_data& data, feature_norm how) {
  for (std::size_t v = 0; v + 1 < data.feature_begin.size(); ++v) {
    const auto first = static_cast<std::size_t>(data.feature_begin[v]),
               last = static_cast<std::size_t>(data.feature_begin[v + 1]);
    double total = 0;
    for (auto k = first; k < last; ++k) {
      const double x = data.value[k];
      total += how == feature_norm::length ? x * x : std::abs(x);
    }
    if (how == feature_norm::length) total = std::sqrt(total);
    if (how == feature_norm::none || total == 0) continue;
    for (auto k = first; k < last; ++k)
      data.value[k] = static_cast<float>(static_cast<double>(data.value[k]) / total);
  }
}

/// Draws `count` nodes for validation from those that have a class and are in no part. Throws
/// `range_error` where there are fewer. The seed decides alone.
inline void hold_out(node_data& data, index count, std::uint64_t seed) {
  std::vector<char> taken(static_cast<std::size_t>(data.nodes));
  for (const auto* part : {&data.train, &data.validation, &data.test})
    for (const index v : *part) taken[static_cast<std::size_t>(v)] = 1;
  std::vector<index> free;
  for (index v = 0; v < data.nodes; ++v)
    if (!taken[static_cast<std::size_t>(v)] && data.label[static_cast<std::size_t>(v)] >= 0)
      free.push_back(v);
  if (count < 0 || count > static_cast<index>(free.size()))
    throw range_error("hold_out: nodes: expected 0 to " + std::to_string(free.size()) + ", got " +
                      std::to_string(count));
  const philox random{seed, 0x686f6c64};
  std::ranges::sort(
      free, {}, [&](index v) { return std::pair(random.bits(static_cast<std::uint64_t>(v)), v); });
  data.validation.insert(data.validation.end(), free.begin(), free.begin() + count);
  std::ranges::sort(data.validation);
}

}  // namespace filigree
