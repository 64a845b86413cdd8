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

/// Options of pruning. `By` is `criterion`, or a functor of your own: `FILIGREE_FN T operator()(T
/// weight, T saliency) const` for every T.
template <class By = criterion>
struct pruning_by {
  By by{};  ///< how elements are scored
  /// Names of the members to prune; `*` matches any text. For `graph`, edges are pruned; for
  /// embeddings, rows; for any other parameter, such as `layers.*.weight`, elements, rows, columns
  /// or blocks.
  std::vector<std::string> of = std::vector<std::string>(1, "graph");  // g++ 12 rejects a list here
  prune_keep keep = share{};  ///< how much is left in the end: `share`, `count` or `threshold`
  prune_schedule schedule{};  ///< when; by default once, after the first step
  /// Pruned edges and embedding rows are removed for good, which makes training faster; if false,
  /// or if pruned units may regrow, they are masked.
  bool compact = true;
  bool undoable = false;   ///< keeps the state before the last pruning, for `undo`
  std::uint64_t seed = 1;  ///< for the random criterion

  static constexpr const char* kind = "scheduled";
  /// Lists each option that affects what is pruned, with the last value of each enum; includes a
  /// functor's own options if it lists any.
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
/// Whether a name matches a pattern, in which `*` matches any text.
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
