// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "save_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/serve/save.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/train/fit.hpp>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a matrix factorization is saved with the rows that are left", "", BACKENDS) {
  using model = fg::matrix_factorization<TestType>;
  for (const bool compact : {true, false}) {
    model m(named(), {.dim = 5});
    fg::pruner sparser{m,
                       {.of = {"embedding"},
                        .keep = fg::share{0.5f},
                        .schedule = fg::prune_every(3, 2),
                        .compact = compact}};
    fg::fit(m, fg::adam{.rate = 0.05f}, {.epochs = 2, .batch = 50}, sparser);
    const temporary_file file(".model");
    fg::save(m, file.path());
    const auto light = fg::load<model>(file.path());
    CHECK(light.rows() == m.rows());
    CHECK(scores(light) == scores(m));
  }
}

TEST_CASE("a model of which every edge was pruned is saved too") {
  auto none = to_half;
  none.keep = fg::share{0};
  const auto pruned = trained<fg::cpu>(fg::learned_edges{}, none);
  REQUIRE(pruned.edges() == 0);
  const auto light = to_serve<fg::cpu>(pruned);
  CHECK(light.edges() == 0);
  CHECK(scores(light) == scores(pruned));
}

TEST_CASE("a pruned model that was loaded learns on, and its checkpoint asks for the same edges") {
  const auto pruned = trained<fg::cpu>(fg::learned_edges{.ema_decay = 0.5f}, to_half);
  auto whole = to_serve<fg::cpu>(pruned), first = to_serve<fg::cpu>(pruned);
  const temporary_file file(".checkpoint");
  fg::fit(whole, fg::adam{}, {.epochs = 3, .batch = 50});
  const fg::checkpointing to{.path = file.path(), .resume = false};
  fg::fit(first, fg::adam{}, {.epochs = 2, .batch = 50, .checkpoint = to});
  // Even one that has all edges at first ends with those.
  fg::lightgcn<fg::cpu, fg::learned_edges> second(named(), tiny, {.ema_decay = 0.5f});
  fg::fit(second, fg::adam{}, {.epochs = 3, .batch = 50, .checkpoint = {.path = file.path()}});
  CHECK(second.edges() == whole.edges());
  CHECK(scores(second) == scores(whole));
}
