// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/core/function.hpp>
#include <filigree/core/random.hpp>
#include <filigree/tensor/fetch.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

/// What remains of a member after pruning.
struct left_of_member {
  std::string name{};
  offset left = 0;  ///< edges that can be pruned, rows of embeddings, or elements
  offset of = 0;    ///< how many there were originally

  friend bool operator==(const left_of_member&, const left_of_member&) = default;
};

/// What remains of a model after pruning: for each graph, the edges of the data; for embeddings,
/// their rows; for other parameters, their elements. Waits for the backend.
template <has_members M>
[[nodiscard]] std::vector<left_of_member> count_left(const M& m) {
  std::vector<left_of_member> all;
  const auto& on = m.on();
  detail::walk(m, [&](const std::string& name, const auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (detail::is_gated_graph<L>) {
      const offset lasting = leaf.lasting(on);
      all.push_back({name, leaf.open_edges(on) - lasting, leaf.original_edges() - lasting});
    } else if constexpr (detail::is_embedding<L>) {
      all.push_back({name, leaf.open_rows(on), leaf.nodes()});
    } else if constexpr (detail::is_parameter<L>) {
      const offset n = leaf.value.size();
      all.push_back({name, leaf.mask.size() ? detail::count_open(on, leaf.mask) : n, n});
    }
  });
  return all;
}

namespace detail {
/// A 26-bit integer for each i: sums of them are exact in any order.
[[nodiscard]] FILIGREE_FN inline double number_of_place(std::uint64_t i) {
  return static_cast<double>(static_cast<std::uint64_t>(philox{1, 1}.uniform(i) * 67108864.0));
}
/// A term of a fingerprint of which elements are open.
template <class T>
struct place_of_open {
  const T* open;
  [[nodiscard]] FILIGREE_FN double operator()(offset i) const {
    return open[i] != 0 ? number_of_place(static_cast<std::uint64_t>(i)) : 0;
  }
};
/// A term of a fingerprint of a list of ids.
template <class Id>
struct place_of_id {
  const Id* id;
  [[nodiscard]] FILIGREE_FN double operator()(offset k) const {
    return number_of_place(static_cast<std::uint64_t>(id[k]));
  }
};

/// A fingerprint of each member, which changes when its remaining edges, rows or elements change.
/// Waits for the backend.
template <has_members M>
[[nodiscard]] std::vector<double> what_is_left(const M& m) {
  const auto& on = m.on();
  std::vector<double> all;
  const auto sum = [&](offset n, const auto& term) {
    auto total = on.template allocate<double>(1);
    on.sum(n, term, total.data());
    all.push_back(fetch(on, static_cast<const double*>(total.data())));
  };
  const auto opened = [&](const auto& mask) {
    using T = typename std::remove_cvref_t<decltype(mask)>::scalar;
    if (mask.size()) sum(mask.size(), place_of_open<T>{mask.data()});
  };
  walk(m, [&](const std::string&, const auto& leaf, bool) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (is_gated_graph<L>) {
      const auto n = static_cast<offset>(leaf.kept().size());
      if (!leaf.is_whole()) sum(n, place_of_id<offset>{leaf.kept().data()});
      if (leaf.has_closed()) opened(leaf.gate());
    } else if constexpr (is_embedding<L>) {
      if (leaf.set()) sum(leaf.rows(), place_of_id<index>{leaf.set()->rows.data()});
      opened(leaf.table.mask);
    } else if constexpr (is_parameter<L>) {
      opened(leaf.mask);
    }
    all.push_back(-1);  // separates members
  });
  return all;
}
}  // namespace detail

}  // namespace filigree
