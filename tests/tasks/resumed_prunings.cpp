// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include "resumed_prunings_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/train/fit.hpp>

#include <string>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a pruned model goes on from its checkpoint", "", BACKENDS) {
  const temporary_file file(".checkpoint");
  const auto make = [] {
    return pruned<TestType, fg::learned_edges>(
        data(), small, {.ema_decay = 0.5f},
        {.keep = fg::share{0.5f}, .schedule = fg::prune_every(3, 3)});
  };
  auto whole = make(), first = make(), second = make();
  const fg::training four{.epochs = 4, .batch = 60};
  whole.fit(fg::adam{}, four);
  auto part = four;
  part.checkpoint = {.path = file.path(), .resume = false};
  part.epochs = 2;
  first.fit(fg::adam{}, part);
  part.epochs = 4;
  part.checkpoint.resume = true;
  second.fit(fg::adam{}, part);
  CHECK(second.edges() == whole.edges());
  CHECK(everything(second) == everything(whole));
}

TEMPLATE_TEST_CASE("what edges and rows are worth comes back with those that are left", "",
                   BACKENDS) {
  const auto steps = pruned<TestType>(data(), small).steps(60);
  for (const bool compact : {true, false}) {
    // Pruned in the first epoch, and again from what was found before and after a resume.
    auto [whole, resumed] = unbroken_and_resumed(
        [&] {
          return pruned<TestType, fg::learned_edges>(
              data(), small, {},
              {.of = all_names,
               .keep = fg::share{0.25f},
               .schedule = {.begin = steps - 2, .every = steps, .times = 2},
               .compact = compact});
        },
        1, 3);
    CHECK(whole.rows() == 25);
    CHECK(resumed.rows() == 25);
    CHECK(everything_remembered(resumed) == everything_remembered(whole));
  }
}

TEST_CASE("a checkpoint of other choices of a policy is refused") {
  const temporary_file file(".checkpoint");
  const fg::training how{.epochs = 1, .batch = 60, .checkpoint = {.path = file.path()}};
  using model = pruned<fg::cpu, fg::adaptive_edges>;
  const fg::adaptive_edges edges{.temperature = 2};
  const fg::pruning half{.keep = fg::share{0.5f}, .schedule = fg::prune_once(3)};
  model first(data(), small, edges, half);
  first.fit(fg::adam{}, how);
  const auto message = [&](auto&& m) {
    try {
      m.fit(fg::adam{}, how);
    } catch (const fg::file_error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const auto told = [&](const std::string& expected, const std::string& got) {
    return file.path() + ": fit.model: expected " + expected + ", got " + got;
  };
  CHECK(message(model(data(), small, edges, half)).empty());
  CHECK(message(model(data(), small, {}, half)) ==
        told("edges.temperature 1", "edges.temperature 2"));
  CHECK(message(model(data(), small, {.score = fg::edge_score::cosine, .temperature = 2}, half)) ==
        told("edges.score 1", "edges.score 0"));
  auto other = half;
  other.keep = fg::share{0.25f};
  CHECK(message(model(data(), small, edges, other)) ==
        told("pruning.keep.of 0.25", "pruning.keep.of 0.5"));
  other.keep = fg::count{7};
  CHECK(message(model(data(), small, edges, other)) ==
        told("pruning.keep count, pruning.keep.of 7", "pruning.keep share, pruning.keep.of 0.5"));
  other = half;
  other.schedule = fg::prune_once(4);
  CHECK(message(model(data(), small, edges, other)) ==
        told("pruning.schedule.begin 4", "pruning.schedule.begin 3"));
  other = half;
  other.undoable = true;  // changes nothing
  CHECK(message(model(data(), small, edges, other)).empty());
  struct never_pruned_model {
    fg::lightgcn<fg::cpu, fg::adaptive_edges> model;
    void fit(const fg::adam& adam, const fg::training& plan) { fg::fit(model, adam, plan); }
  };
  CHECK(message(never_pruned_model{fg::lightgcn<fg::cpu, fg::adaptive_edges>(
            data(), small, edges)}) == told("pruning none", "pruning scheduled"));
  CHECK(message(pruned<fg::cpu>(data(), small, {}, half)) == told("edges fixed", "edges adaptive"));
}
