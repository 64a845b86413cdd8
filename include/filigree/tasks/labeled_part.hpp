// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/ops/cross_entropy.hpp>
#include <filigree/tensor/row_set.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace filigree {

/// Nodes to train on.
template <backend B>
struct labeled_part {
  row_set<B> rows;         ///< the nodes, ascending
  labeled_rows<B> labels;  ///< of these rows, in the same order
};

namespace detail {
/// The nodes `ids` of a graph, with their labels.
template <backend B>
[[nodiscard]] std::shared_ptr<const labeled_part<B>> make_part(const B& on, std::vector<index> ids,
                                                               std::span<const index> label,
                                                               offset nodes, offset classes) {
  std::ranges::sort(ids);
  std::vector<index> row(ids.size()), of;
  std::iota(row.begin(), row.end(), 0);
  for (const index id : ids) of.push_back(label[static_cast<std::size_t>(id)]);
  const auto n = static_cast<offset>(ids.size());
  const auto uploaded = on.upload(std::span<const index>(ids));
  return std::make_shared<const labeled_part<B>>(labeled_part<B>{
      make_row_set(on, uploaded.data(), n, nodes), make_labeled_rows(on, row, of, {n, classes})});
}
}  // namespace detail

}  // namespace filigree
