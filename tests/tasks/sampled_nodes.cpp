// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "learned.hpp"
#include "sampled_nodes_setting.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("steps that draw learn the same from the same seed, in the same bits", "",
                   BACKENDS) {
  const auto data = toy::camps_of_nodes();
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    drawing_nodes<B, gcn, gated_fusion> m(data, {.hidden = 8, .fanouts = {2, 3}}, {}, {}, {}, {},
                                          on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 4, .batch = 13, .seed = seed});
    return values_of(m);
  };
  const auto got = learned_alike<TestType>([&](const auto& on) { return after(on, 1); });
  CHECK(after(TestType{}, 2) != got);
}

TEST_CASE("a few drawn neighbors are enough to tell camps apart") {
  const auto data = toy::camps_of_nodes();
  drawing_nodes<cpu, gcn> m(data, {.hidden = 16, .fanouts = {3, 3}});
  fit(m, adam{.rate = 0.02f}, {.epochs = 60, .batch = 16});
  CHECK(evaluate(m, data.test, accuracy{})["accuracy"] > 0.8);
  const auto one = m.sample(1, 0, 0, 16), next = m.sample(1, 1, 0, 16);
  CHECK(one.sampled->blocks.size() == 2);
  CHECK(one.sampled->blocks[1].targets.size() == 16);
  CHECK(one.sampled->features.pattern.rows() == one.sampled->blocks[0].sources.size());
  CHECK(learned_from(m, one) == learned_from(m, m.sample(1, 0, 0, 16)));
  CHECK(learned_from(m, one) != learned_from(m, next));
}

}  // namespace filigree
