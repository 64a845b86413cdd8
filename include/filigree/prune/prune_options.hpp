// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/policy.hpp>
#include <filigree/prune/criterion.hpp>
#include <filigree/prune/keep.hpp>
#include <filigree/prune/schedule.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

/// What you choose of pruning. `By` is `criterion`, or a functor of your own: `FILIGREE_FN T
/// operator()(T weight, T saliency) const` for every T.
template <class By = criterion>
struct pruning_by {
  By by{};  ///< what an element is worth
  /// Names of members; `*` stands for any text. `graph`: its edges; embeddings: their rows; of any
  /// other parameter, such as `layers.*.weight`, its elements, rows, columns or blocks.
  std::vector<std::string> of = std::vector<std::string>(1, "graph");  // g++ 12 fails at a list
  prune_keep keep = share{};  ///< how much is left in the end: `share`, `count` or `threshold`
  prune_schedule schedule{};  ///< when; by default once, after the first step
  /// Edges and rows of embeddings that are pruned leave for good, so that training gets faster;
  /// else, and where what was pruned may grow again, they are masked.
  bool compact = true;
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
    for (auto& name : self.of) see("of", name);
    see("keep", self.keep);
    see("schedule", self.schedule);
    see("compact", self.compact);
    see("seed", self.seed);
  }
};
using pruning = pruning_by<>;

namespace detail {
/// Whether a name is one of a pattern, whose `*` stand for any text.
[[nodiscard]] inline bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*')
    return !name.empty() && pattern.front() == name.front() &&
           matches(pattern.substr(1), name.substr(1));
  return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
}
template <class By>
void expect_choices(const pruning_by<By>& p) {
  expect_schedule(p.schedule);
  expect_choices(p.keep);
}
}  // namespace detail

}  // namespace filigree
