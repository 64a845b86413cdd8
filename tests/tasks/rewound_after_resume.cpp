// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include "resumed_prunings_setting.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/prune/pruner.hpp>

#include <cstdint>

namespace fg = filigree;

TEMPLATE_TEST_CASE("prunings after a resume rewind to the same early values", "", BACKENDS) {
  const auto steps = pruned<TestType>(data(), small).steps(60);
  const auto check = [&](auto edges, fg::offset to) {
    using edges_type = decltype(edges);
    auto [whole, resumed] = unbroken_and_resumed(
        [&, n = std::uint64_t{0}]() mutable {
          // A resume forgives another start of the embeddings, and must not rewind to that.
          auto options = small;
          options.seed = n++ < 2 ? 1 : 2;
          return pruned<TestType, edges_type>(
              data(), options, edges,
              {.keep = fg::share{0.25f}, .schedule = fg::prune_and_rewind(steps + 1, 2, to)});
        },
        1);
    REQUIRE(whole.edges() == 2 * (whole.original_edges() / 2 / 4));
    CHECK(resumed.edges() == whole.edges());
    CHECK(everything_remembered(resumed) == everything_remembered(whole));
  };
  for (const fg::offset to : {0, 2}) {
    check(fg::fixed_edges{}, to);
    check(fg::learned_edges{.ema_decay = 0.5f}, to);
    check(fg::adaptive_edges{}, to);
  }
}
