// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "camps.hpp"
#include "catch.hpp"
#include <filigree/autograd/count_left.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// What is left of a member; edges in both directions.
template <class M>
offset left_of(const M& m, const std::string& name) {
  for (const auto& member : count_left(m))
    if (member.name == name) return member.left;
  FAIL("no member " << name);
  return 0;
}
inline void check_close(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(2e-4));
}
inline const node_data& nodes() {
  static const node_data data = toy::camps_of_nodes();
  return data;
}
inline std::vector<index> all_nodes() {
  std::vector<index> ids(static_cast<std::size_t>(nodes().nodes));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}
inline constexpr node_classifier_options small_network{
    .hidden = 8, .input_dropout = 0, .dropout = 0};
inline const training ten_epochs{.epochs = 10};
inline const pruning to_half{.keep = share{0.5f}, .schedule = prune_every(3, 2)};

/// What a trained node classifier scores, whose edges left or were masked.
template <class B, class Layers>
std::pair<offset, std::vector<float>> pruned_nodes(const Layers& layers, pruning how,
                                                   bool compact) {
  how.compact = compact;
  node_classifier<B, Layers> m(nodes(), small_network, layers, {}, {}, {}, B{});
  pruner sparser{m, how};
  fit(m, adam{.rate = 1e-2f}, ten_epochs, sparser);
  return {left_of(m, "graph"), m.scores_of(all_nodes())};
}
/// A model whose edges are masked scores as one whose edges left; returns how many are left.
template <class B, class Layers>
offset check_masked_like_pruned(const Layers& layers, const pruning& how = to_half) {
  const auto [edges, scores] = pruned_nodes<B>(layers, how, true);
  const auto [masked_edges, masked] = pruned_nodes<B>(layers, how, false);
  CHECK(masked_edges == edges);
  check_close(scores, masked);
  return edges;
}

}  // namespace filigree
