// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "save_setting.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/prune/pruner.hpp>

namespace fg = filigree;

TEMPLATE_TEST_CASE("edges that may grow again are no part of a penalty while they are masked", "",
                   BACKENDS) {
  auto how = to_half;
  how.keep = fg::share{.of = 0.5f, .regrow = 0.25f};
  const auto loss_of = [](auto& m) {
    fg::tape<float, TestType> r(m.on());
    return r.value(m.loss(r, m.sample(1, 0, 0, 40))).to_host(m.on())[0];
  };
  for (const auto penalize :
       {fg::edge_penalty::weight, fg::edge_penalty::logit, fg::edge_penalty::deviation}) {
    auto masked = trained<TestType>(fg::adaptive_edges{.l2 = 50, .penalize = penalize}, how);
    REQUIRE(masked.edges() < masked.original_edges());
    auto left = to_serve<TestType>(masked);
    CHECK(loss_of(left) == Approx(loss_of(masked)).epsilon(1e-5));
  }
}
