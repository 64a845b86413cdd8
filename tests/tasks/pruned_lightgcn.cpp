// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_lightgcn_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/autograd/idle_watcher.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/matrix_factorization.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace fg = filigree;

TEMPLATE_TEST_CASE("edges leave while a LightGCN learns, in pairs", "", BACKENDS) {
  for (const auto by : {fg::criterion::saliency, fg::criterion::movement, fg::criterion::magnitude,
                        fg::criterion::random}) {
    pruned<TestType> m(
        data(), small, {},
        {.by = by, .keep = fg::share{0.4f}, .schedule = fg::prune_gradually(4, 2, 3)});
    const auto all = m.original_edges();
    CHECK(m.edges() == all);
    const auto result = m.fit(fg::adam{.rate = 1e-2f}, {.epochs = 3, .batch = 60});
    CHECK(result.loss < 0.69);
    CHECK(m.edges() == 2 * (all / 2 * 4 / 10));
  }
}

namespace {
/// A watcher of a user's own: the first edges leave after a step.
struct drop_first_edges : fg::idle_watcher {
  fg::offset count = 10, at = 1, steps = 0;

  /// keep[e] = 0 for the first edges and their partners
  struct cut_first {
    const fg::offset* partner;
    fg::offset count;
    float* gate;
    FILIGREE_FN void operator()(fg::offset e) const {
      gate[e] = e < count || partner[e] < count ? 0.0f : 1.0f;
    }
  };
  template <class M>
  void on_step(M& m, const auto&) {
    if (++steps != at) return;
    const auto& on = m.on();
    for_each_gated_graph(m, [&](const std::string&, auto& graph) {
      const auto& of = graph.pattern();
      fg::matrix<float, typename M::backend_type> gate(on, {of.edges(), 1});
      on.for_each(gate.size(), cut_first{of.partner(), count, gate.data()});
      set_gates(on, graph, std::move(gate));
    });
    take_out_pruned(on, m);
  }
};
}  // namespace

TEMPLATE_TEST_CASE("a prune policy may be one's own", "", BACKENDS) {
  fg::lightgcn<TestType> m(data(), small);
  drop_first_edges first;
  first.at = 2;
  const auto result = fg::fit(m, fg::adam{.rate = 1e-2f}, two_epochs, first);
  CHECK(result.loss < 0.69);
  CHECK(m.edges() == m.original_edges() - 20);
}

TEMPLATE_TEST_CASE("a vector as long as there are edges is not masked with them", "", BACKENDS) {
  const auto d = data();
  auto options = small;
  options.dim = static_cast<fg::index>(pruned<TestType>(d, small).original_edges());
  pruned<TestType, fg::adaptive_edges> m(
      d, options, {.score = fg::edge_score::additive},
      {.keep = fg::share{0.5f}, .schedule = fg::prune_once(1), .compact = false});
  fg::adam::state<float, TestType> optimize(fg::adam{});
  m.step(0, optimize);
  REQUIRE(m.edges() < m.original_edges());
  for_each_parameter(m, [](const std::string&, auto& p) { CHECK(p.mask.size() == 0); });
}

TEMPLATE_TEST_CASE("what learns of edges is pruned with them alone", "", BACKENDS) {
  for (const bool compact : {true, false}) {
    pruned<TestType, fg::learned_edges> m(data(), small, {},
                                          {.of = {"*"},
                                           .keep = fg::share{0.5f},
                                           .schedule = fg::prune_every(2, 3),
                                           .compact = compact});
    m.fit(fg::adam{.rate = 1e-2f}, two_epochs);
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name != "edges.logit") return;
      CHECK(p.value.rows() == (compact ? m.edges() : m.original_edges()));
      CHECK((p.mask.size() == 0) == compact);
    });
  }
}

TEMPLATE_TEST_CASE("a closed edge's logit is what it was, and says whether it may come back", "",
                   BACKENDS) {
  // With these weights, a logit of 0 would weigh nothing, and no closed edge could be told from
  // another.
  pruned<TestType, fg::learned_edges> m(
      data(), small, {.squash = fg::squash::identity, .start = 1, .ema_decay = 0.5f},
      {.keep = fg::share{.of = 0.5f, .regrow = 0.3f}, .schedule = fg::prune_every(2, 3)});
  fg::adam::state<float, TestType> optimize(fg::adam{.rate = 1e-2f});
  for (fg::offset s = 0; s < 3; ++s) m.step(s, optimize);
  const auto open = [&] {
    std::vector<float> gate;
    for_each_gated_graph(m, [&](const std::string&, auto& g) { gate = g.gate().to_host(m.on()); });
    return gate;
  };
  const auto gate = open(), score = m.sparser.score().to_host(m.on());
  int closed = 0, worth = 0;
  for (std::size_t e = 0; e < gate.size(); ++e) {
    closed += gate[e] == 0;
    worth += gate[e] == 0 && score[e] > 0;
  }
  CHECK(closed > 0);
  CHECK(worth > closed / 2);
  for_each_buffer(m, [&](const std::string&, auto& average) {
    const auto host = average.to_host(m.on());
    for (std::size_t e = 0; e < gate.size(); ++e)
      if (gate[e] == 0) CHECK(host[e] > 0.5f);
  });
}

TEST_CASE("a pruner that stops prunes no more, and nobody watches") {
  fg::lightgcn<fg::cpu> m(data(), small);
  fg::pruner sparser{m, {.schedule = fg::prune_once(2)}};
  const auto watched = [&] {
    bool any = false;
    for_each_gated_graph(m, [&](const std::string&, auto& graph) { any = graph.is_watched(); });
    return any;
  };
  CHECK(watched());
  sparser.stop(m);
  CHECK_FALSE(watched());
  fg::fit(m, fg::adam{}, two_epochs, sparser);
  CHECK(m.edges() == m.original_edges());
}

TEST_CASE("a criterion that wants gradients and gets none is told so") {
  pruned<fg::cpu> m(data(), small, {}, {.schedule = fg::prune_once(2)});
  m.sparser.on_step(m.model, 0);
  CHECK_THROWS_WITH(m.sparser.on_step(m.model, 0),
                    "pruning: gradients of graph: expected some since the last pruning, got none");
  CHECK(m.edges() == m.original_edges());
}

TEST_CASE("two pruners of one graph both see its gradients, but share no checkpoint") {
  fg::lightgcn<fg::cpu> m(data(), small);
  fg::pruner first{m, {.keep = fg::share{0.75f}, .schedule = fg::prune_once(2)}};
  fg::pruner second{m, {.keep = fg::share{0.5f}, .schedule = fg::prune_once(4)}};
  fg::fit(m, fg::adam{}, two_epochs, first, second);
  CHECK(m.edges() == 2 * (m.original_edges() / 4));
  const temporary_file file(".checkpoint");
  auto saved = two_epochs;
  saved.checkpoint.path = file.path();
  CHECK_THROWS_WITH(fg::fit(m, fg::adam{}, saved, first, second),
                    "checkpoint: prune.graph.step: expected one of that name, got two");
  fg::lightgcn<fg::cpu> other(data(), small);
  fg::pruner one{other, {.keep = fg::share{0.75f}, .schedule = fg::prune_once(2)}};
  fg::pruner same_step{other, {.keep = fg::share{0.5f}, .schedule = fg::prune_once(2)}};
  CHECK_THROWS_WITH(fg::fit(other, fg::adam{}, two_epochs, one, same_step),
                    "pruning: gradients of graph: expected some since the last pruning, got none");
  CHECK_THROWS_WITH((fg::pruner{m, {.of = {"embeddings"}}}),
                    "pruning: of: expected some of graph, embedding, got embeddings");
  fg::matrix_factorization<fg::cpu> mf(data(), {.dim = 8});
  CHECK_THROWS_WITH((fg::pruner{mf}), "pruning: edges of graph: expected some, got none");
}
