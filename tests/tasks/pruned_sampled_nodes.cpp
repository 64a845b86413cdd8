// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("drawn neighbors are worth what the whole graph's are where all are drawn", "",
                   BACKENDS) {
  const auto scores = [](std::vector<offset> fanouts) {
    auto options = small_network;
    options.fanouts = std::move(fanouts);
    gcn layer;
    layer.step<with_dropout>().rate = 0;
    node_classifier<TestType> m(nodes(), options, layer);
    pruner sparser{m, {.schedule = prune_once(9)}};
    for (offset step = 0; step < 2; ++step) {
      tape<float, TestType> r(m.on());
      const auto batch = m.sample(1, 0, step, 10);
      r.backward(m.loss(r, batch));
      sparser.on_backward(m, 0);
      sparser.on_step(m, 0);
    }
    return sparser.score().to_host(m.on());
  };
  const auto whole = scores({}), drawn = scores({-1, -1});
  REQUIRE(whole.size() == drawn.size());
  for (std::size_t e = 0; e < whole.size(); ++e) REQUIRE(drawn[e] == Approx(whole[e]).margin(1e-6));
}

TEST_CASE("edges leave while neighbors are drawn, but are not masked") {
  auto options = small_network;
  options.fanouts = {3, 3};
  auto how = to_half;
  node_classifier<cpu> m(nodes(), options);
  pruner sparser{m, how};
  fit(m, adam{.rate = 2e-2f}, {.epochs = 60}, sparser);
  CHECK(left_of(m, "graph") == 2 * (nodes().edges() / 2));
  CHECK(evaluate(m, nodes().test, accuracy{})["accuracy"] > 0.5);
  how.compact = false;
  node_classifier<cpu> masked(nodes(), options);
  pruner masks{masked, how};
  CHECK_THROWS_WITH(fit(masked, adam{}, ten_epochs, masks),
                    "node_classifier: fanouts: expected edges that leave when they are pruned, got "
                    "masked ones");
}

}  // namespace filigree
