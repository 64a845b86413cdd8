// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>

#include <cmath>

namespace fg = filigree;

namespace {
/// A schedule whose time never comes.
const fg::pruning never_pruned{.by = fg::criterion::magnitude, .schedule = fg::prune_once(1000000)};
}  // namespace

TEMPLATE_TEST_CASE("undoing a pruning puts back every byte, and training goes on as if nothing was",
                   "", BACKENDS) {
  const auto check = [](auto edges, const fg::pruning& how) {
    using edges_type = decltype(edges);
    pruned<TestType, edges_type> never(data(), small, edges, never_pruned);
    pruned<TestType, edges_type> m(data(), small, edges, how);
    never.fit(fg::adam{}, two_epochs);
    m.fit(fg::adam{}, two_epochs);  // its last step prunes
    REQUIRE(m.edges() < m.original_edges());
    m.undo();
    CHECK(m.edges() == m.original_edges());
    CHECK(everything(m) == everything(never));
    CHECK_THROWS_WITH(m.undo(), "undo: pruning: expected one that is undoable, got none");
  };
  pruned<TestType> probe(data(), small);
  const auto last = 2 * probe.steps(two_epochs.batch);
  // By magnitude no gradient flows to a gate, so that the bits before are those without pruning.
  const fg::pruning how{.by = fg::criterion::magnitude,
                        .keep = fg::share{0.3f},
                        .schedule = fg::prune_once(last),
                        .undoable = true};
  check(fg::fixed_edges{}, how);
  check(fg::learned_edges{.ema_decay = 0.9f}, how);
  check(fg::adaptive_edges{.ema_decay = 0.9f}, how);
}

TEMPLATE_TEST_CASE("a pruning that meets a NaN changes nothing, and is none that undo takes back",
                   "", BACKENDS) {
  const auto poisoned = [](int before) {
    pruned<TestType> m(
        data(), small, {},
        {.keep = fg::share{0.25f}, .schedule = fg::prune_every(2, 3), .undoable = true});
    const auto step = [&](fg::offset s) { m.step(s); };
    for (fg::offset s = 0; s < before; ++s) step(s);
    for_each_parameter(
        m, [&](const auto&, auto& p) { m.on().fill(p.value.data(), p.value.size(), NAN); });
    const auto edges = m.edges();
    CHECK_THROWS_WITH(step(before), Catch::StartsWith("pruning: score of ") &&
                                        Catch::EndsWith("expected a number, got nan"));
    CHECK(m.edges() == edges);
    return m;
  };
  auto first = poisoned(1);
  CHECK_THROWS_WITH(first.undo(), "undo: pruning: expected one that is undoable, got none");
  auto second = poisoned(3);
  CHECK(second.edges() < second.original_edges());
  second.undo();  // the first pruning, which did happen
  CHECK(second.edges() == second.original_edges());
}

TEMPLATE_TEST_CASE("rewinding brings early values back after each pruning", "", BACKENDS) {
  pruned<TestType> m(data(), small, {},
                     {.keep = fg::share{0.25f}, .schedule = fg::prune_and_rewind(4, 2, 0)});
  const auto first = everything(m);
  fg::adam::state<float, TestType> how(fg::adam{});
  const auto step = [&](fg::offset s) { m.step(s, how); };
  for (fg::offset s = 0; s < 4; ++s) step(s);
  CHECK(m.edges() == 2 * (m.original_edges() / 2 / 2));
  CHECK(everything(m) == first);
  step(0);
  CHECK(everything(m) != first);
}
