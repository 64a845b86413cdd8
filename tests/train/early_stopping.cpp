// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "toy.hpp"
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <limits>
#include <string>
#include <vector>

namespace fg = filigree;

TEST_CASE("early stopping ends training and leaves the best parameters") {
  const auto validation = toy::camps(60, 40, 12);
  fg::lightgcn<fg::cpu> m(toy::camps(60, 40, 11), {.dim = 8, .layers = 1});
  fg::early_stopping best{m, validation, fg::ndcg_at{10}, 2, 2};
  // A rate of 0 learns nothing: no measurement is better than the first.
  const auto r = fg::fit(m, fg::adam{.rate = 0}, {.epochs = 50, .batch = 64}, best);
  CHECK(r.epochs == 6);
  CHECK(best.best_epoch() == 2);
  REQUIRE(best.history().size() == 3);
  CHECK(best.history()[0].epoch == 2);
  CHECK(best.history()[2].value == best.history()[0].value);
}

TEST_CASE("the model ends with the parameters of its best epoch") {
  const auto validation = toy::camps(60, 40, 12);
  fg::lightgcn<fg::cpu> m(toy::camps(60, 40, 11), {.dim = 8, .layers = 1});
  fg::early_stopping best{m, validation, fg::ndcg_at{10}};
  fg::fit(m, fg::adam{.rate = 0.2f}, {.epochs = 12, .batch = 64}, best);
  const auto now = fg::evaluate(m, validation, fg::ndcg_at{10});
  CHECK(now["ndcg@10"] == best.best());
  for (const auto& h : best.history()) CHECK(h.value <= best.best());
}

namespace {
/// A metric whose values are written down.
struct written {
  std::vector<double>* values;
  fg::index k = 1;
  struct tally {
    std::vector<double>* values = nullptr;
    void add(const written& m, const fg::ranking&) { values = m.values; }
    double result() const {
      const double first = values->front();
      values->erase(values->begin());
      return first;
    }
  };
  std::string name() const { return "written"; }
};
}  // namespace

TEST_CASE("what was measured before edges left is out of the race") {
  const auto train = toy::camps(60, 40, 11), validation = toy::camps(60, 40, 12);
  using model = fg::lightgcn<fg::cpu, fg::learned_edges>;
  const auto steps = model(train, {.dim = 8}).steps(50);
  // Edges leave in the third of four epochs, where it is worse than before, or better.
  for (std::vector<double> values : {std::vector{1., 3., 2., 1.}, {2., 1., 3., 2.}}) {
    model m(train, {.dim = 8, .layers = 2});
    fg::pruner sparser{m, {.keep = fg::share{0.5f}, .schedule = fg::prune_once(3 * steps)}};
    fg::early_stopping best{m, validation, written{&values}};
    fg::fit(m, fg::adam{}, {.epochs = 4, .batch = 50}, sparser, best);
    CHECK(values.empty());
    CHECK(best.best_epoch() == 3);
    for_each_parameter(m, [&](const std::string& name, const auto& p) {
      if (name == "edges.logit") CHECK(p.value.rows() == m.edges());
    });
  }
}

TEST_CASE("weights that grow again where others are pruned make another model") {
  const auto train = toy::camps(60, 40, 11), validation = toy::camps(60, 40, 12);
  fg::lightgcn<fg::cpu> m(train, {.dim = 8, .layers = 2});
  const auto steps = m.steps(50);
  // Half is left from the first epoch on; in the third other edges are.
  fg::pruner sparser{
      m,
      {.keep = fg::share{.of = 0.5f, .regrow = 0.5f},
       .schedule = {
           .begin = steps, .every = 2 * steps, .times = 2, .course = fg::prune_course::geometric}}};
  fg::pruner at_once{m,
                     {.by = fg::criterion::random,
                      .keep = fg::share{0.5f},
                      .schedule = fg::prune_once(1),
                      .compact = false}};
  std::vector<double> values{4., 3., 2., 1.};
  fg::early_stopping best{m, validation, written{&values}};
  fg::fit(m, fg::adam{}, {.epochs = 4, .batch = 50}, at_once, sparser, best);
  CHECK(best.best_epoch() == 3);
}

TEST_CASE("a measurement that is no number wins nothing and counts as worse") {
  const auto train = toy::camps(60, 40, 11), validation = toy::camps(60, 40, 12);
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> values{none, 1, 2, none, none};
  fg::lightgcn<fg::cpu> m(train, {.dim = 8, .layers = 1});
  fg::early_stopping best{m, validation, written{&values}, 1, 2};
  const auto r = fg::fit(m, fg::adam{}, {.epochs = 9, .batch = 64}, best);
  CHECK(r.epochs == 5);
  CHECK(best.best_epoch() == 3);
  CHECK(best.best() == 2);
}

TEST_CASE("early stopping wants a positive interval") {
  const auto validation = toy::camps(60, 40, 12);
  fg::lightgcn<fg::cpu> m(toy::camps(60, 40, 11), {.dim = 8, .layers = 1});
  CHECK_THROWS_WITH((fg::early_stopping{m, validation, fg::ndcg_at{10}, 1, -1}),
                    "early_stopping: patience: expected at least 0, got -1");
  CHECK_THROWS_WITH((fg::early_stopping{m, validation, fg::ndcg_at{10}, 0}),
                    "early_stopping: every: expected at least 1, got 0");
}

TEST_CASE("early stopping wants something held out") {
  fg::lightgcn<fg::cpu> m(toy::camps(60, 40, 11), {.dim = 8, .layers = 1});
  const fg::interactions none({}, 60, 40);
  CHECK_THROWS_WITH((fg::early_stopping{m, none, fg::ndcg_at{10}}),
                    "early_stopping: held out: expected at least 1, got 0");
}

TEST_CASE("an error after edges have left does not bring back parameters of before") {
  const auto train = toy::camps(60, 40, 11), validation = toy::camps(60, 40, 12);
  using model = fg::lightgcn<fg::cpu, fg::learned_edges>;
  const auto steps = model(train, {.dim = 8}).steps(50);
  model m(train, {.dim = 8, .layers = 2});
  fg::pruner sparser{
      m, {.keep = fg::share{0.5f}, .schedule = fg::prune_once(static_cast<fg::offset>(steps + 1))}};
  struct : fg::idle_watcher {
    void on_step(const model&, const fg::progress& p) const {
      if (p.epoch == 2 && p.step == 2) throw fg::error("enough");
    }
  } breaks;
  fg::early_stopping best{m, validation, fg::ndcg_at{10}};
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, {.epochs = 4, .batch = 50}, sparser, best, breaks),
                    "enough");
  for_each_parameter(m, [&](const std::string& name, const auto& p) {
    if (name == "edges.logit") CHECK(p.value.rows() == m.edges());
  });
}
