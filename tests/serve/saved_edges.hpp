// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catch.hpp"
#include "save_setting.hpp"
#include <filigree/backend/reference.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>

#include <cstddef>
#include <vector>

namespace fg = filigree;

// f(edges) for policies of a kind, of which only the first may have its defaults.
template <class F>
void each_fixed(const F& f) {
  f(fg::fixed_edges{});
  f(fg::fixed_edges{fg::normalization::row});
}
template <class F>
void each_learned(const F& f) {
  f(fg::learned_edges{.temperature = 2, .start = 0.5f});
  f(fg::learned_edges{.scaling = fg::edge_scaling::symmetric, .tied = false, .ema_decay = 0.5f});
}
template <class F>
void each_adaptive(const F& f) {
  f(fg::adaptive_edges{.temperature = 2, .l2 = 0.1f});
  f(fg::adaptive_edges{.score = fg::edge_score::cosine, .ema_decay = 0.5f});
  f(fg::adaptive_edges{.score = fg::edge_score::bilinear, .squash = fg::squash::softmax});
  f(fg::adaptive_edges{.score = fg::edge_score::additive, .layerwise = true});
}

inline void check_close(const std::vector<double>& expected, const std::vector<double>& got) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
}

/// A LightGCN is saved with its edges, and those that are left.
template <class B, class Edges>
void check_saved_edges(const Edges& edges) {
  const auto whole = trained<B>(edges);
  const auto same = to_serve<B>(whole);
  CHECK(same.edges() == whole.edges());
  CHECK(scores(same) == scores(whole));

  const auto pruned = trained<B>(edges, to_half);
  REQUIRE(pruned.edges() < pruned.original_edges());
  const auto light = to_serve<B>(pruned);
  CHECK(light.edges() == pruned.edges());
  CHECK(light.original_edges() == pruned.original_edges());
  CHECK(scores(light) == scores(pruned));
  CHECK(scores(to_serve<B>(light)) == scores(pruned));  // and so on

  auto how = to_half;
  how.compact = false;
  const auto masked = trained<B>(edges, how);
  const auto lighter = to_serve<B>(masked);
  CHECK(lighter.edges() == masked.edges());
  check_close(scores(masked), scores(lighter));
}
/// A model saved on one backend serves on another.
inline constexpr auto check_saved_elsewhere = [](const auto& edges) {
  const auto a = trained<fg::reference>(edges, to_half);
  check_close(scores(a), scores(to_serve<fg::cpu>(a)));
  const auto b = trained<fg::cpu>(edges, to_half);
  check_close(scores(b), scores(to_serve<fg::reference>(b)));
};
