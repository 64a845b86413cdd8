// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/nn/conv/batch_norm.hpp>
#include <filigree/nn/conv/gin.hpp>
#include <filigree/nn/conv/steps.hpp>
#include <filigree/nn/edges/attention_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>
#include <filigree/nn/fusion/fusion.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/prompt/prompt.hpp>

#include <cmath>

namespace filigree {

namespace {
/// Makes the state of a policy for 4 columns.
template <class Policy>
void make(const Policy& p) {
  const typename Policy::template state<float, reference> s(p, reference{}, {.in = 4, .out = 4});
}
const float nan = std::nanf("");
}  // namespace

TEST_CASE("parts refuse choices out of range") {
  CHECK_THROWS_WITH(make(with_dropout{.rate = 1}), "dropout: rate: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH(make(with_dropout{.rate = nan}),
                    "dropout: rate: expected 0 to below 1, got nan");
  CHECK_THROWS_WITH(make(with_batch_norm{.ema_decay = 1.5f}),
                    "batch_norm: ema_decay: expected 0 to 1, got 1.5");
  CHECK_THROWS_WITH(make(mlp_update{.ema_decay = -0.5f}),
                    "batch_norm: ema_decay: expected 0 to 1, got -0.5");
  CHECK_THROWS_WITH(make(prototype_head{.temperature = 0}),
                    "prototype_head: temperature: expected above 0, got 0");
  CHECK_THROWS_WITH(make(prototype_head{.temperature = HUGE_VALF}),
                    "prototype_head: temperature: expected above 0 and finite, got inf");
  CHECK_THROWS_WITH(make(gated_fusion{.start = nan}),
                    "gated_fusion: start: expected a finite number, got nan");
  CHECK_THROWS_WITH(make(attention_edges{.heads = 3}),
                    "attention_edges: heads: expected a divisor of 4 columns, got 3");
  CHECK_THROWS_WITH(make(attention_edges{.heads = 2, .slope = HUGE_VAL}),
                    "attention_edges: slope: expected a finite number, got inf");
  CHECK_THROWS_WITH(make(attention_edges{.heads = 2, .dropout = 1}),
                    "attention_edges: dropout: expected 0 to below 1, got 1");
}

TEST_CASE("prompts refuse choices out of range before they take memory") {
  for (const offset wrong : {offset{0}, offset{-1}, offset{-1} << 40}) {
    const auto got = std::to_string(wrong);
    CHECK_THROWS_WITH(make(prompt_nodes{.count = wrong}),
                      "prompt_nodes: count: expected at least 1, got " + got);
    CHECK_THROWS_WITH(prompt_nodes{.count = wrong}.extra_nodes(),
                      "prompt_nodes: count: expected at least 1, got " + got);
    CHECK_THROWS_WITH(make(gpf_plus{.tokens = wrong}),
                      "gpf_plus: tokens: expected at least 1, got " + got);
  }
  CHECK_THROWS_WITH(make(prompt_nodes{.spread = -1}),
                    "prompt_nodes: spread: expected at least 0, got -1");
  CHECK_THROWS_WITH(make(prompt_nodes{.spread = HUGE_VALF}),
                    "prompt_nodes: spread: expected at least 0 and finite, got inf");
}

TEST_CASE("edges that adapt refuse choices out of range") {
  const reference on;
  const auto g = graph<reference>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  const auto edges = [&](const learned_edges& p) {
    const learned_edges::state<float, reference> s(p, on, {.out = 4, .of = &g});
  };
  CHECK_THROWS_WITH(edges({.temperature = 0}), "edges: temperature: expected above 0, got 0");
  CHECK_THROWS_WITH(edges({.temperature = HUGE_VALF}),
                    "edges: temperature: expected above 0 and finite, got inf");
  CHECK_THROWS_WITH(edges({.start = HUGE_VALF}),
                    "learned_edges: start: expected a finite number, got inf");
  CHECK_THROWS_WITH(edges({.l2 = nan}), "edges: l2: expected at least 0, got nan");
  CHECK_THROWS_WITH(edges({.ema_decay = 1}), "edges: ema_decay: expected 0 to below 1, got 1");
}

}  // namespace filigree
