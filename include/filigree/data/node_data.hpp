// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/index.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/data/shuffle.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace filigree {

/// A graph whose nodes have features and, for some of them, a class. Lives on the host.
struct node_data {
  index nodes = 0, features = 0, classes = 0;

  std::vector<index> from{}, to{};  ///< undirected edges, each once

  std::vector<offset> feature_begin{0};  ///< nodes + 1: node v's features start at begin[v]
  std::vector<index> feature{};          ///< ascending within each node
  std::vector<float> value{};            ///< of each of these features

  std::vector<index> label{};                        ///< by node; -1: none
  std::vector<index> train{}, validation{}, test{};  ///< labeled nodes, ascending

  std::vector<std::string> class_names{};  ///< by class, or empty

  [[nodiscard]] offset edges() const { return static_cast<offset>(from.size()); }

  /// Throws `range_error` or `shape_error` naming the inconsistency.
  void check() const {
    using namespace detail;
    const std::string name = "node_data: ";
    expect_equal(name + "ends of edges", edges(), std::ssize(to));
    expect_edges(name + "edge", from, to, nodes);
    expect_features(name, nodes, features, feature_begin, feature, value);
    expect_equal(name + "labels", nodes, std::ssize(label));
    expect_ids(name + "label of node", label, -1, classes);
    std::vector<char> taken(label.size());
    for (const auto* part : {&train, &validation, &test}) {
      expect_ids(name + "node of a part", *part, 0, nodes);
      for (const index v : *part) {
        const auto at = static_cast<std::size_t>(v);
        if (label[at] < 0 || taken[at]++)
          throw range_error(name + "node " + std::to_string(v) + " of a part: expected " +
                            (label[at] < 0 ? "a label, got none" : "once, got it again"));
      }
    }
    if (!class_names.empty())
      expect_equal(name + "names of classes", classes, std::ssize(class_names));
  }
};

/// The norm that the features of a node are divided by.
enum class feature_norm {
  none,
  sum,    ///< their sum
  length  ///< their Euclidean length
};

/// Divides the features of each node by their norm; a node whose norm is 0 is left unchanged.
inline void normalize_features(node_data& d, feature_norm norm) {
  if (norm == feature_norm::none) return;
  for (std::size_t v = 0; v + 1 < d.feature_begin.size(); ++v) {
    const auto first = d.value.begin() + d.feature_begin[v];
    const auto last = d.value.begin() + d.feature_begin[v + 1];
    double sum = 0;
    std::for_each(first, last, [&](double x) { sum += norm == feature_norm::sum ? x : x * x; });
    const auto divisor = static_cast<float>(norm == feature_norm::sum ? sum : std::sqrt(sum));
    if (divisor != 0) std::for_each(first, last, [&](float& x) { x /= divisor; });
  }
}

/// Moves `count` nodes, drawn at random from the labeled nodes that are in no part, into the
/// validation part: for splits that come without validation nodes. All candidates are equally
/// likely, so classes are held out in proportion to how often they occur among the candidates. The
/// draw depends only on the seed. Throws `range_error` if there are too few candidates.
inline void hold_out(node_data& d, index count, std::uint64_t seed) {
  std::vector<char> taken(d.label.size());
  for (const auto* part : {&d.train, &d.validation, &d.test})
    for (const index v : *part) taken[static_cast<std::size_t>(v)] = 1;
  std::vector<index> left;
  for (std::size_t v = 0; v < taken.size(); ++v)
    if (!taken[v] && d.label[v] >= 0) left.push_back(static_cast<index>(v));
  if (count < 0 || count > std::ssize(left))
    throw range_error("hold_out: nodes: expected 0 to " + std::to_string(left.size()) +
                      ", as many as are labeled and in no part, got " + std::to_string(count));
  detail::shuffle(left, {seed, 0x6e6f646573});
  d.validation.insert(d.validation.end(), left.begin(), left.begin() + count);
  std::ranges::sort(d.validation);
}

}  // namespace filigree
