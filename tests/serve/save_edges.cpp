// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "save_setting.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>

#include <cstddef>

namespace fg = filigree;

namespace {
/// f(edges) for edge policies of each kind, of which none has its defaults.
template <class F>
void each_edge_policy(const F& f) {
  f(fg::fixed_edges{});
  f(fg::fixed_edges{fg::normalization::row});
  f(fg::learned_edges{.temperature = 2, .start = 0.5f});
  f(fg::learned_edges{.scaling = fg::edge_scaling::symmetric, .tied = false, .ema_decay = 0.5f});
  f(fg::adaptive_edges{.temperature = 2, .l2 = 0.1f});
  f(fg::adaptive_edges{.score = fg::edge_score::cosine, .ema_decay = 0.5f});
  f(fg::adaptive_edges{.score = fg::edge_score::bilinear, .squash = fg::squash::softmax});
  f(fg::adaptive_edges{.score = fg::edge_score::additive, .layerwise = true});
}
}  // namespace

TEMPLATE_TEST_CASE("a LightGCN is saved with its edges, and those that are left", "", BACKENDS) {
  each_edge_policy([](const auto& edges) {
    const auto whole = trained<TestType>(edges);
    const auto same = to_serve<TestType>(whole);
    CHECK(same.edges() == whole.edges());
    CHECK(scores(same) == scores(whole));

    const auto pruned = trained<TestType>(edges, to_half);
    REQUIRE(pruned.edges() < pruned.original_edges());
    const auto light = to_serve<TestType>(pruned);
    CHECK(light.edges() == pruned.edges());
    CHECK(light.original_edges() == pruned.original_edges());
    CHECK(scores(light) == scores(pruned));
    CHECK(scores(to_serve<TestType>(light)) == scores(pruned));  // and so on

    auto how = to_half;
    how.compact = false;
    const auto masked = trained<TestType>(edges, how);
    const auto lighter = to_serve<TestType>(masked);
    CHECK(lighter.edges() == masked.edges());
    const auto expected = scores(masked), got = scores(lighter);
    for (std::size_t i = 0; i < got.size(); ++i)
      REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
  });
}

TEST_CASE("a model saved on one backend serves on another") {
  each_edge_policy([](const auto& edges) {
    const auto check = [](const auto& expected, const auto& got) {
      REQUIRE(got.size() == expected.size());
      for (std::size_t i = 0; i < got.size(); ++i)
        REQUIRE(got[i] == Approx(expected[i]).margin(1e-5));
    };
    const auto a = trained<fg::reference>(edges, to_half);
    check(scores(a), scores(to_serve<fg::cpu>(a)));
    const auto b = trained<fg::cpu>(edges, to_half);
    check(scores(b), scores(to_serve<fg::reference>(b)));
  });
}
