// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/autograd/tape.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/node_classifier.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("weights that were pruned grow again where the loss asks for them", "",
                   BACKENDS) {
  node_classifier<TestType> m(nodes(), small_network);
  pruner sparser{m,
                 {.of = {"layers.0.weight"},
                  .keep = share{.of = 0.5f, .regrow = 0.5f},
                  .schedule = prune_every(2, 4)}};
  std::vector<float> earlier;
  bool grew = false;
  adam::state<float, TestType> optimize(adam{.rate = 1e-2f});
  for (offset step = 0; step < 9; ++step) {
    tape<float, TestType> r(m.on());
    const auto batch = m.sample(1, step, 0, 1000);
    r.backward(m.loss(r, batch));
    sparser.on_backward(m, 0);
    for_each_parameter(m, [&](const std::string&, auto& p) { optimize.step(m.on(), p); });
    end_step(m);
    sparser.on_step(m, 0);
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name != "layers.0.weight" || p.mask.size() == 0) return;
      const auto mask = p.mask.to_host(m.on());
      for (std::size_t k = 0; k < earlier.size(); ++k) grew |= earlier[k] == 0 && mask[k] == 1;
      earlier = mask;
    });
  }
  CHECK(grew);
  CHECK(left_of(m, "layers.0.weight") == nodes().features * 8 / 2);
}

}  // namespace filigree
