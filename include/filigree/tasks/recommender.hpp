// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/concept.hpp>
#include <filigree/core/views.hpp>
#include <filigree/data/interactions.hpp>

#include <concepts>
#include <span>

namespace filigree {

/// Anything that can score items for users, trained or not: `fit`, `evaluate` and `recommend` are
/// free functions over it. `m.score(on, users, first, block)` writes block(u, j) = the score of
/// users[u] for item first + j; it is const and may be called from many threads at once.
/// `m.train()` holds the items that users already have, and the names.
template <class M>
concept recommender = backend<typename M::backend_type> &&
    requires(const M& m, const typename M::backend_type& on, std::span<const index> users,
             index first, matrix_view<typename M::scalar> block) {
  m.score(on, users, first, block);
  { m.train() } -> std::same_as<const interactions&>;
  { m.on() } -> std::same_as<const typename M::backend_type&>;
};

}  // namespace filigree
