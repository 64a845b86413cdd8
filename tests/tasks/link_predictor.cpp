// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "link_predictor_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/data/hold_out_edges.hpp>
#include <filigree/nn/conv/batch_norm.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/area_under_curve.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

namespace {
using normed_links =
    link_predictor<cpu, graph_conv<fixed_edges, sum_neighbors, linear_update, with_batch_norm>>;
}  // namespace

static_assert(model<plain_links<cpu, float>>);
static_assert(pair_scorer<plain_links<cpu, float>>);

TEST_CASE("held-out edges within communities score above pairs that no edge joins") {
  const auto split = hold_out_edges(two_communities(), 0.2f);
  plain_links<cpu, float> m(split.train, {.seed = 2});  // whose first area is .75; that of 1 is .90
  const auto area = [&] {
    return evaluate(m, split.held_out, area_under_curve{})["area_under_curve"];
  };
  const auto before = area();
  early_stopping best{m, split.held_out, area_under_curve{}, 5};
  fit(m, adam{.rate = 0.01f}, {.epochs = 100}, best);
  CHECK(area() > 0.8);
  CHECK(area() > before);
  CHECK(area() == best.best());
}

TEST_CASE("a link predictor goes on from a checkpoint, and refuses one of other choices") {
  const auto data = two_communities(40);
  const temporary_file file(".checkpoint");
  const auto after = [&](offset epochs, const std::string& path, bool resume) {
    normed_links m(data, {.hidden = 8});
    fit(m, adam{.rate = 0.02f},
        {.epochs = epochs,
         .batch = 50,
         .checkpoint = {.path = path, .every_steps = 1, .resume = resume}});
    const std::vector<index> from{0, 1, 2}, to{5, 6, 7};
    return std::pair(values_of(m), m.scores_of(from, to));
  };
  after(2, file.path(), false);
  CHECK(after(4, file.path(), true) == after(4, "", false));
  normed_links other(data, {.hidden = 8, .layers = 3});
  CHECK_THROWS_AS(
      fit(other, adam{}, {.epochs = 4, .batch = 50, .checkpoint = {.path = file.path()}}),
      file_error);
}

TEST_CASE("what a link predictor's layers are is part of its identity") {
  const auto data = two_communities(40);
  gcn other;
  other.step<with_dropout>().rate = 0.25f;
  CHECK(link_predictor<cpu>(data).identity() == link_predictor<cpu>(data).identity());
  CHECK(link_predictor<cpu>(data, {}, other).identity() != link_predictor<cpu>(data).identity());
}

TEST_CASE("one layer predicts links from the features alone") {
  const auto split = hold_out_edges(two_communities(), 0.2f);
  plain_links<cpu, float> m(split.train, {.layers = 1});
  fit(m, adam{.rate = 0.02f}, {.epochs = 100});
  CHECK(evaluate(m, split.held_out, area_under_curve{})["area_under_curve"] > 0.65);
}

TEST_CASE("a link predictor says what it expects") {
  const auto data = two_communities(12);
  using links = plain_links<cpu, float>;
  CHECK_THROWS_WITH(links(data, {.hidden = 0}),
                    "link_predictor: hidden: expected at least 1, got 0");
  CHECK_THROWS_WITH(links(data, {.columns = 0}),
                    "link_predictor: columns: expected at least 1, got 0");
  CHECK_THROWS_WITH(links(data, {.input_dropout = -0.5f}),
                    "link_predictor: input_dropout: expected 0 to below 1, got -0.5");
  CHECK_THROWS_WITH(links(data, {.l2 = -1}), "link_predictor: l2: expected at least 0, got -1");
  CHECK_THROWS_WITH(links(data, {.layers = 0}),
                    "link_predictor: layers: expected at least 1, got 0");
  auto none = data;
  none.from.clear();
  none.to.clear();
  CHECK_THROWS_WITH(links(none), "link_predictor: edges: expected at least 1, got 0");
  none.nodes = 2;
  none.feature_begin.resize(3);
  none.feature.resize(2);
  none.value.resize(2);
  none.label.resize(2);
  none.from = {1};
  none.to = {0};
  CHECK_THROWS_WITH(links(none), "link_predictor: non-edges: expected at least 1, got 0");
  const links m(data);
  using ids = std::vector<index>;
  CHECK_THROWS_WITH(m.scores_of(ids{0, 12}, ids{1, 2}),
                    "graph: row of entry 1: expected 0 to 11, got 12");
  CHECK_THROWS_WITH(m.scores_of(ids{3, 3}, ids{1, 1}),
                    "graph: edge (3, 1): expected once, got it again");
}

TEST_CASE("a link predictor that has diverged scores nothing") {
  plain_links<cpu, float> m(two_communities(), {.layers = 1});
  for_each_parameter(m, [&](const std::string&, auto& p) {
    m.on().fill(p.value.data(), p.value.size(), std::numeric_limits<float>::quiet_NaN());
  });
  const std::vector<index> from{4}, to{5};
  CHECK_THROWS_WITH(m.scores_of(from, to),
                    "link_predictor: pair of node 4: scores: expected finite numbers, got nan");
}

}  // namespace filigree
