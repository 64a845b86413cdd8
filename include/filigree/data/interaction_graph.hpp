// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/data/interactions.hpp>
#include <filigree/tensor/graph.hpp>

#include <vector>

namespace filigree {

/// The interactions as a graph (users x items): forward from users to their items, backward from
/// items to their users; edge e is interaction e, ordered by user, then item.
template <backend B>
[[nodiscard]] graph<B> interaction_graph(const B& on, const interactions& data) {
  std::vector<index> user;
  user.reserve(static_cast<std::size_t>(data.size()));
  for (index u = 0; u < data.users(); ++u) user.resize(user.size() + data.items_of(u).size(), u);
  return graph<B>(on, {data.users(), data.items()}, user, data.columns());
}

/// The interactions as an undirected graph with the users first, then the items: item i is node
/// users() + i.
template <backend B>
[[nodiscard]] graph<B> bipartite_graph(const B& on, const interactions& data) {
  std::vector<index> a, b;
  a.reserve(static_cast<std::size_t>(data.size()));
  b.reserve(a.capacity());
  for (index u = 0; u < data.users(); ++u)
    for (const index i : data.items_of(u)) {
      a.push_back(u);
      b.push_back(data.users() + i);
    }
  return graph<B>::undirected(on, offset{data.users()} + data.items(), a, b);
}

}  // namespace filigree
