// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include "resumed_prunings_setting.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/prune/pruner.hpp>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a pruning can be undone after a resume too", "", BACKENDS) {
  const auto steps = pruned<TestType>(data(), small).steps(60);
  const auto check = [&](auto edges, bool compact) {
    using edges_type = decltype(edges);
    for (const fg::offset stopped_after : {2, 4}) {  // nothing is left to do after 4 epochs
      auto [whole, resumed] = unbroken_and_resumed(
          [&] {
            return pruned<TestType, edges_type>(data(), small, edges,
                                                {.keep = fg::share{0.3f},
                                                 .schedule = fg::prune_every(steps, 2),
                                                 .compact = compact,
                                                 .undoable = true});
          },
          stopped_after);
      REQUIRE(whole.edges() < whole.original_edges());
      CHECK(everything_remembered(resumed) == everything_remembered(whole));
      whole.undo();
      resumed.undo();
      CHECK(resumed.edges() == whole.edges());
      CHECK(everything_remembered(resumed) == everything_remembered(whole));
    }
  };
  for (const bool compact : {true, false}) {
    check(fg::fixed_edges{}, compact);
    check(fg::learned_edges{.ema_decay = 0.5f}, compact);
    check(fg::adaptive_edges{.score = fg::edge_score::bilinear, .ema_decay = 0.5f}, compact);
  }
}
