// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/policy.hpp>
#include <filigree/backend/concept.hpp>
#include <filigree/prune/criterion.hpp>
#include <filigree/prune/schedule.hpp>
#include <filigree/prune/structure.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>

namespace filigree {

/// Among what the best are looked for.
enum class prune_scope {
  each,    ///< each tensor keeps its share
  global,  ///< all tensors together keep it
  node,  ///< each graph keeps its share of edges; an edge is worth 1 / its rank among the edges of
         ///< its row + 1 / that of its column, so that no neighborhood empties before the others
};

/// What of a model is pruned: edges of its graph, rows of its embeddings, or both.
enum class prune_what { edges, rows, both };

/// What you choose of pruning. Whatever can be pruned is multiplied by a gate that is 1; the
/// gradient at the gate is g w, and pruning sets gates to 0. `By` is `criterion`, or a functor of
/// your own: `FILIGREE_FN T operator()(T weight, T saliency) const` for every T.
template <class By = criterion>
struct pruning_by {
  By by{};                           ///< what an element is worth
  float keep = 0.7f;                 ///< floor(keep * units) are left in the end, 0 to 1
  std::optional<offset> count{};     ///< so many units instead
  std::optional<float> threshold{};  ///< instead, all that are worth at least this
  prune_schedule schedule{};         ///< when; by default once, after the first step
  structure units{};                 ///< what leaves together
  prune_scope scope = prune_scope::each;
  prune_what what = prune_what::edges;  ///< of a model
  float least = 0;                      ///< with the global scope, the share that each tensor keeps
  /// share of what is kept that comes from what was pruned: where the gate's gradients since the
  /// last pruning add up to most
  float regrow = 0;
  bool compact = true;     ///< what is pruned of a model leaves it, so that training gets faster
  bool undoable = false;   ///< keeps what the last pruning found, for `undo`
  std::uint64_t seed = 1;  ///< of the random criterion

  static constexpr const char* kind = "scheduled";
  /// Lists each choice that changes what is pruned, with an enum its last value; a functor's own
  /// where it lists choices too.
  static void options(auto& self, auto&& see) {
    if constexpr (std::is_enum_v<By>)
      see("by", self.by, By::random);
    else if constexpr (has_options<By>)
      see("by", self.by);
    see("keep", self.keep);
    see("count", self.count);
    see("threshold", self.threshold);
    see("schedule", self.schedule);
    see("units", self.units);
    see("scope", self.scope, prune_scope::node);
    see("what", self.what, prune_what::both);
    see("least", self.least);
    see("regrow", self.regrow);
    see("compact", self.compact);
    see("seed", self.seed);
  }

  template <class T, class B>
  class state;
};
using pruning = pruning_by<>;

}  // namespace filigree
