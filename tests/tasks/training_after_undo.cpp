// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>

namespace fg = filigree;

TEMPLATE_TEST_CASE("training after undo is what it is without that pruning, bit for bit", "",
                   BACKENDS) {
  const auto check = [](auto edges, fg::pruning how) {
    using edges_type = decltype(edges);
    how.undoable = true;
    auto nothing = how;
    nothing.keep = fg::share{1};
    pruned<TestType, edges_type> m(data(), small, edges, how);
    pruned<TestType, edges_type> never(data(), small, edges, nothing);
    fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
    const auto steps = [&](auto& model, fg::offset from, fg::offset to) {
      for (fg::offset s = from; s < to; ++s) model.step(s, optimize);
    };
    const auto due = how.schedule.begin;
    steps(m, 0, due);
    REQUIRE(m.edges() < m.original_edges());
    m.undo();
    steps(never, 0, due);
    CHECK(everything(m) == everything(never));
    steps(m, due, due + 5);
    steps(never, due, due + 5);
    CHECK(m.edges() == m.original_edges());
    CHECK(everything(m) == everything(never));
  };
  for (const auto by : {fg::criterion::saliency, fg::criterion::magnitude}) {
    const fg::pruning how{.by = by, .keep = fg::share{0.3f}, .schedule = fg::prune_once(4)};
    check(fg::fixed_edges{}, how);
    check(fg::learned_edges{.ema_decay = 0.9f}, how);
    check(fg::adaptive_edges{.ema_decay = 0.9f}, how);
  }
}

TEMPLATE_TEST_CASE("the pruning after one that was undone takes its own share", "", BACKENDS) {
  pruned<TestType> m(
      data(), small, {},
      {.keep = fg::share{0.25f}, .schedule = fg::prune_every(2, 3), .undoable = true});
  const auto all = m.original_edges() / 2;
  const auto step = [&](fg::offset s) { m.step(s); };
  for (fg::offset s = 0; s < 4; ++s) step(s);
  CHECK(m.edges() == 2 * (all / 2));
  m.undo();
  CHECK(m.edges() == 2 * (all * 3 / 4));
  for (fg::offset s = 4; s < 6; ++s) step(s);
  CHECK(m.edges() == 2 * (all / 4));
}

TEST_CASE("other choices forget what could be undone, and where training goes back to") {
  pruned<fg::cpu> m(data(), small, {}, {.schedule = fg::prune_once(1), .undoable = true});
  m.step(0);
  m.sparser.continue_with(m.model, {.of = all_names, .schedule = fg::prune_once(1)});
  CHECK_THROWS_WITH(m.undo(), "undo: pruning: expected one that is undoable, got none");
  CHECK_THROWS_WITH(m.sparser.continue_with(m.model, {.schedule = fg::prune_and_rewind(2, 2)}),
                    "pruning: rewind_to: expected a model that is whole, got one that was pruned");
  m.step(1);
  CHECK(m.rows() == 70);
}
