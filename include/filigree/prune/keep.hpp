// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/prune/units.hpp>

#include <string>
#include <variant>

namespace filigree {

// The scope within which the best are selected.

/// Each pruned member keeps its own best.
struct each {
  by_block units{};  ///< of weights

  static constexpr const char* kind = "each";
  static void options(auto& self, auto&& see) { see("units", self.units); }
};
/// All members together keep the best among all of them, and each keeps at least a share of its
/// own.
struct together {
  float least = 0;   ///< the share that each member always keeps
  by_block units{};  ///< of weights

  static constexpr const char* kind = "together";
  static void options(auto& self, auto&& see) {
    see("least", self.least);
    see("units", self.units);
  }
};
/// Like `each`, but the score of an edge is 1 / its rank among the edges of its row + 1 / its rank
/// among those of its column, so no neighborhood empties before the others.
struct by_node {
  static constexpr const char* kind = "by_node";
  static void options(auto&, auto&&) {}
};
/// Each group of m neighboring elements of a row, or of a column, of a weight keeps its own best: a
/// share of one half with m = 4 gives 2-of-4 sparsity. Edges and embeddings are pruned as with
/// `each`.
struct by_group {
  offset m = 4;
  bool down = false;  ///< groups run down a column

  static constexpr const char* kind = "by_group";
  static void options(auto& self, auto&& see) {
    see("m", self.m);
    see("down", self.down);
  }
};
using prune_scope = std::variant<each, together, by_node, by_group>;

// How much is left in the end.

/// floor(share * units) of the original units.
struct share {
  float of = 0.7f;      ///< 0 to 1
  prune_scope among{};  ///< of which units it is a share
  /// share of the kept units that is regrown from pruned ones: those with the largest accumulated
  /// gradients since the last pruning
  float regrow = 0;

  static constexpr const char* kind = "share";
  static void options(auto& self, auto&& see) {
    see("of", self.of);
    see("among", self.among);
    see("regrow", self.regrow);
  }
};
/// A fixed number of units.
struct count {
  offset of = 0;        ///< at least 0
  prune_scope among{};  ///< which units they are
  float regrow = 0;     ///< as in `share`

  static constexpr const char* kind = "count";
  static void options(auto& self, auto&& see) {
    see("of", self.of);
    see("among", self.among);
    see("regrow", self.regrow);
  }
};
/// All units whose score is at least this.
struct threshold {
  float of = 0;
  by_block units{};  ///< of weights

  static constexpr const char* kind = "threshold";
  static void options(auto& self, auto&& see) {
    see("of", self.of);
    see("units", self.units);
  }
};
using prune_keep = std::variant<share, count, threshold>;

namespace detail {
inline void expect_keep(const share& k) {
  expect_0_to_1("pruning: keep", k.of);
  if (const auto* const all = std::get_if<together>(&k.among); all && all->least > k.of)
    throw range_error("pruning: least: expected at most keep (" + std::to_string(k.of) + "), got " +
                      std::to_string(all->least));
}
inline void expect_keep(const count& k) { expect_least("pruning: count", k.of, 0); }
inline void expect_keep(const threshold& k) { expect_finite("pruning: threshold", k.of); }

/// The scope; null for a threshold.
[[nodiscard]] inline const prune_scope* scope_of(const prune_keep& keep) {
  if (const auto* const k = std::get_if<share>(&keep)) return &k->among;
  if (const auto* const k = std::get_if<count>(&keep)) return &k->among;
  return nullptr;
}
[[nodiscard]] inline by_block units_of(const prune_keep& keep) {
  if (const auto* const k = std::get_if<threshold>(&keep)) return k->units;
  const auto& scope = *scope_of(keep);
  if (const auto* const s = std::get_if<each>(&scope)) return s->units;
  if (const auto* const s = std::get_if<together>(&scope)) return s->units;
  return by_element;
}
[[nodiscard]] inline float regrow_of(const prune_keep& keep) {
  if (const auto* const k = std::get_if<share>(&keep)) return k->regrow;
  if (const auto* const k = std::get_if<count>(&keep)) return k->regrow;
  return 0;
}
/// Throws `range_error` for options out of range.
inline void expect_choices(const prune_keep& keep) {
  expect_0_to_1("pruning: regrow", regrow_of(keep));
  expect_units(units_of(keep));
  if (const auto* const scope = scope_of(keep)) {
    if (const auto* const all = std::get_if<together>(scope))
      expect_0_to_1("pruning: least", all->least);
    if (const auto* const some = std::get_if<by_group>(scope)) {
      expect_least("pruning: size of a group", some->m, 1);
      expect_choice("pruning: regrow", regrow_of(keep), regrow_of(keep) == 0, "0 among groups");
    }
  }
  std::visit([](const auto& k) { expect_keep(k); }, keep);
}
}  // namespace detail

}  // namespace filigree
