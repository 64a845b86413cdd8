// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/members.hpp>
#include <filigree/kernels/csr.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

/// What pruning has left of a member.
struct left_of_member {
  std::string name{};
  offset left = 0;  ///< edges that can be pruned, rows of embeddings, or elements
  offset of = 0;    ///< how many there were at first

  friend bool operator==(const left_of_member&, const left_of_member&) = default;
};

/// What pruning has left of a model: of each graph the edges of the data, of embeddings their rows,
/// of other parameters their elements. Waits.
template <has_members M>
[[nodiscard]] std::vector<left_of_member> count_left(const M& m) {
  std::vector<left_of_member> all;
  const auto& on = m.on();
  detail::walk("", m, [&](const std::string& name, const auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (detail::is_gated_graph<L>) {
      const offset lasting = leaf.lasting(on);
      all.push_back({name, leaf.open_edges(on) - lasting, leaf.original_edges() - lasting});
    } else if constexpr (detail::is_embedding<L>) {
      all.push_back({name, leaf.open_rows(on), leaf.nodes()});
    } else if constexpr (detail::is_parameter<L>) {
      using T = typename std::remove_cvref_t<decltype(leaf.mask)>::scalar;
      const offset n = leaf.value.size();
      const bool masked = leaf.mask.size() > 0;
      all.push_back(
          {name,
           masked ? static_cast<offset>(on.select(n, kernels::not_zero<T>{leaf.mask.data()}).size())
                  : n,
           n});
    }
  });
  return all;
}

}  // namespace filigree
