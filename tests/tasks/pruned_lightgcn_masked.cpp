// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a masked graph and the one whose edges have left give the same", "", BACKENDS) {
  const auto trained = [](auto edges, bool compact) {
    using edges_type = decltype(edges);
    pruned<TestType, edges_type> m(
        data(), small, edges,
        {.keep = fg::share{0.5f}, .schedule = fg::prune_every(4, 2), .compact = compact});
    m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
    std::vector<float> embedding;
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name == "embedding") embedding = p.value.to_host(m.on());
    });
    return embedding;
  };
  const auto same = [&](auto edges) {
    const auto a = trained(edges, true), b = trained(edges, false);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(1e-4));
  };
  same(fg::fixed_edges{});
  same(fg::adaptive_edges{});
  same(fg::adaptive_edges{.scaling = fg::edge_scaling::symmetric, .ema_decay = 0.5f});
  for (const auto on_what :
       {fg::edge_penalty::weight, fg::edge_penalty::logit, fg::edge_penalty::deviation}) {
    same(fg::learned_edges{.l2 = 5, .penalize = on_what});
    same(fg::adaptive_edges{.l2 = 5, .penalize = on_what});
  }
  same(fg::adaptive_edges{.squash = fg::squash::softmax, .l2 = 5});
}

TEMPLATE_TEST_CASE("what is masked stays masked when values are rewound", "", BACKENDS) {
  pruned<TestType, fg::learned_edges> m(data(), small, {},
                                        {.of = all_names,
                                         .keep = fg::share{0.5f},
                                         .schedule = fg::prune_and_rewind(2, 1, 0),
                                         .compact = false});
  m.fit(fg::adam{}, {.epochs = 1, .batch = 60});
  int masked = 0;
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    INFO(name);
    REQUIRE(p.mask.shape() == p.value.shape());
    const auto mask = p.mask.to_host(m.on());
    masked += static_cast<int>(std::count(mask.begin(), mask.end(), 0));
    // Nothing has moved them since they went back to what they were at first.
    const auto first = p.slots.at("adam.first").to_host(m.on());
    for (std::size_t k = 0; k < mask.size(); ++k)
      if (mask[k] == 0) CHECK(first[k] == 0);
  });
  CHECK(masked > 0);
}

TEMPLATE_TEST_CASE("what is masked does not move", "", BACKENDS) {
  pruned<TestType, fg::learned_edges> m(
      data(), small, {.l2 = 0.1f},
      {.of = all_names, .keep = fg::share{0.5f}, .schedule = fg::prune_once(4), .compact = false});
  fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
  const auto step = [&](fg::offset s) { m.step(s, optimize); };
  for (fg::offset s = 0; s < 4; ++s) step(s);
  std::vector<std::vector<float>> value, mask;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    value.push_back(p.value.to_host(m.on()));
    mask.push_back(p.mask.to_host(m.on()));
  });
  for (fg::offset s = 4; s < 8; ++s) step(s);
  std::size_t k = 0, moved = 0, still = 0;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    const auto now = p.value.to_host(m.on());
    REQUIRE(mask[k].size() == now.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (mask[k][i] == 0) {
        REQUIRE(now[i] == value[k][i]);
        ++still;
      } else {
        moved += now[i] != value[k][i];
      }
    }
    ++k;
  });
  CHECK(k == 2);
  CHECK(still > 0);
  CHECK(moved > 0);
}
