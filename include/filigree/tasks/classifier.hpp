// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <concepts>
#include <span>
#include <vector>

namespace filigree {

/// Anything that classifies: `m.scores_of(ids)` returns a score for each class of each of those
/// nodes or graphs, (ids x classes) in row-major order, `m.labels()` the true classes of all of
/// them (-1: unknown), and `m.classes()` the number of classes. `evaluate` with `accuracy`,
/// `macro_f1` or `log_likelihood` is a free function over it.
template <class M>
concept classifier = requires(const M& m, std::span<const index> ids) {
  { m.scores_of(ids) } -> std::same_as<std::vector<typename M::scalar>>;
  { m.labels() } -> std::same_as<std::span<const index>>;
  { m.classes() } -> std::convertible_to<index>;
};

}  // namespace filigree
