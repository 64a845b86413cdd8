// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace fg = filigree;

TEMPLATE_TEST_CASE("rows of embeddings leave while a LightGCN learns, masked or for good", "",
                   BACKENDS) {
  const auto trained = [](const names& what, bool compact) {
    pruned<TestType, fg::adaptive_edges> m(data(), small, {},
                                           {.of = what,
                                            .keep = fg::share{0.5f},
                                            .schedule = fg::prune_every(4, 2),
                                            .compact = compact});
    const auto result = m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
    CHECK(result.loss < 0.693);
    CHECK(m.rows() == 50);
    fg::eager<float, TestType> r(m.on());
    const auto all = r.value(m.model.embed(r)).to_host(m.on());
    CHECK(all.size() == 100 * 8);
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name == "embedding") CHECK(p.value.rows() == (compact ? 50 : 100));
    });
    return std::pair(m.edges(), std::vector<float>(all.begin(), all.end()));
  };
  for (const auto& what : {only_rows, all_names}) {
    const auto [left, a] = trained(what, true);
    const auto [masked_left, b] = trained(what, false);
    CHECK(left == masked_left);
    const auto all = pruned<TestType>(data(), small).original_edges();
    CHECK(left == (what == all_names ? 2 * (all / 4) : all));
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(1e-4));
  }
}

TEMPLATE_TEST_CASE("rows with the smallest numbers leave, where magnitude is asked for", "",
                   BACKENDS) {
  pruned<TestType> m(data(), small, {},
                     {.by = fg::criterion::magnitude, .of = only_rows, .keep = fg::count{7}});
  m.step(0);
  CHECK(m.rows() == 7);
}

TEMPLATE_TEST_CASE("edges and rows compete for one share", "", BACKENDS) {
  pruned<TestType> m(data(), small, {},
                     {.of = all_names,
                      .keep = fg::share{.of = 0.5f, .among = fg::together{.least = 0.1f}},
                      .schedule = fg::prune_once(4)});
  const auto pairs = m.original_edges() / 2;
  m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
  CHECK(m.edges() / 2 + m.rows() == (pairs + 100) / 2);
  CHECK(m.edges() / 2 >= pairs / 10);
  CHECK(m.rows() >= 10);
}

TEMPLATE_TEST_CASE("rows come back with undo, with early values when rewinding, and from files", "",
                   BACKENDS) {
  const auto half = [](const fg::prune_schedule& when) {
    return fg::pruning{
        .of = all_names, .keep = fg::share{0.5f}, .schedule = when, .undoable = true};
  };
  pruned<TestType> m(data(), small, {}, half(fg::prune_once(4)));
  auto nothing = half(fg::prune_once(4));
  nothing.keep = fg::share{1};
  pruned<TestType> never(data(), small, {}, nothing);
  fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
  const auto step = [&](auto& model, fg::offset s) { model.step(s, optimize); };
  for (fg::offset s = 0; s < 4; ++s) step(m, s), step(never, s);
  REQUIRE(m.rows() == 50);
  m.undo();
  CHECK(m.rows() == 100);
  for (fg::offset s = 4; s < 8; ++s) step(m, s), step(never, s);
  CHECK(everything(m) == everything(never));

  pruned<TestType> rewound(data(), small, {}, half(fg::prune_and_rewind(2, 2, 0)));
  for (fg::offset s = 0; s < 4; ++s) step(rewound, s);
  CHECK(rewound.rows() == 50);
  pruned<TestType> fresh(data(), small);
  std::vector<float> first, left;
  for_each_parameter(fresh,
                     [&](const std::string&, auto& p) { first = p.value.to_host(fresh.on()); });
  for_each_parameter(rewound,
                     [&](const std::string&, auto& p) { left = p.value.to_host(rewound.on()); });
  REQUIRE(left.size() == 50 * 8);
  for (std::size_t i = 0; i < 50; ++i) {  // each row is one of the first values
    bool found = false;
    for (std::size_t j = 0; j < 100 && !found; ++j)
      found = std::equal(left.begin() + static_cast<std::ptrdiff_t>(8 * i),
                         left.begin() + static_cast<std::ptrdiff_t>(8 * i + 8),
                         first.begin() + static_cast<std::ptrdiff_t>(8 * j));
    REQUIRE(found);
  }

  const temporary_file file(".checkpoint");
  const auto make = [&] {
    return pruned<TestType>(data(), small, {}, half(fg::prune_every(3, 3)));
  };
  auto whole = make(), begun = make(), resumed = make();
  fg::training plan{.epochs = 4, .batch = 60};
  whole.fit(fg::adam{}, plan);
  plan.checkpoint = {.path = file.path(), .resume = false};
  plan.epochs = 2;
  begun.fit(fg::adam{}, plan);
  plan.epochs = 4;
  plan.checkpoint.resume = true;
  resumed.fit(fg::adam{}, plan);
  CHECK(resumed.rows() == whole.rows());
  CHECK(everything(resumed) == everything(whole));
  resumed.undo();
  whole.undo();
  CHECK(everything(resumed) == everything(whole));
}

TEMPLATE_TEST_CASE("a checkpoint after each step changes nothing", "", BACKENDS) {
  for (const bool compact : {true, false}) {
    const auto make = [&] {
      return pruned<TestType, fg::learned_edges>(data(), small, {},
                                                 {.of = all_names,
                                                  .keep = fg::share{0.4f},
                                                  .schedule = fg::prune_every(4, 3),
                                                  .compact = compact});
    };
    auto plain = make(), saved = make(), resumed = make();
    fg::training plan{.epochs = 3, .batch = 60};
    plain.fit(fg::adam{.rate = 1e-2f}, plan);
    const temporary_file file(".checkpoint");
    plan.checkpoint = {.path = file.path(), .every_steps = 1, .resume = false};
    saved.fit(fg::adam{.rate = 1e-2f}, plan);
    CHECK(saved.rows() == plain.rows());
    CHECK(everything(saved) == everything(plain));
    plan.epochs = 4;
    plain.fit(fg::adam{.rate = 1e-2f}, {.epochs = 4, .batch = 60});
    plan.checkpoint.resume = true;
    resumed.fit(fg::adam{.rate = 1e-2f}, plan);
    CHECK(resumed.rows() == saved.rows());
    CHECK(resumed.edges() == saved.edges());
  }
}

TEMPLATE_TEST_CASE("penalties do not say what a row is worth", "", BACKENDS) {
  const auto left = [](float l2) {
    auto options = small;
    options.l2 = l2;
    pruned<TestType> m(data(), options, {},
                       {.by = fg::criterion::movement,
                        .of = only_rows,
                        .keep = fg::share{0.5f},
                        .schedule = fg::prune_once(1)});
    m.step(0);
    std::vector<float> rows;
    for_each_parameter(m, [&](const std::string&, auto& p) { rows = p.value.to_host(m.on()); });
    return rows;
  };
  CHECK(left(0) == left(1000));
}

TEMPLATE_TEST_CASE("penalties of edges do not say what a row or an edge is worth", "", BACKENDS) {
  const auto left = [](fg::adaptive_edges edges, const names& what, float l2) {
    edges.l2 = l2;
    pruned<TestType, fg::adaptive_edges> m(data(), small, edges,
                                           {.by = fg::criterion::movement,
                                            .of = what,
                                            .keep = fg::share{0.5f},
                                            .schedule = fg::prune_once(1),
                                            .compact = false});
    m.step(0);
    fg::eager<float, TestType> run(m.on());
    return run.value(m.model.embed(run)).to_host(m.on());
  };
  for (const auto& edges : {fg::adaptive_edges{}, fg::adaptive_edges{.layerwise = true},
                            fg::adaptive_edges{.squash = fg::squash::softmax}})
    for (const auto& what : {only_rows, only_edges})
      CHECK(left(edges, what, 1e-6f) == left(edges, what, 1000));
}
