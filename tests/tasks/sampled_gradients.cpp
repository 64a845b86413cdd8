// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "sampled_nodes_setting.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

namespace {
template <class Layer>
Layer without_dropout() {
  Layer layer;
  layer.template step<with_dropout>().rate = 0;
  return layer;
}
}  // namespace

TEMPLATE_TEST_CASE("with all neighbors drawn a step learns what it learns from the graph", "",
                   BACKENDS) {
  const TestType on;
  const auto data = toy::camps_of_nodes(40);
  const auto check = [&]<class M>(std::type_identity<M>, const auto& layer) {
    const auto learned = [&](std::vector<offset> fanouts) {
      M m(data,
          {.hidden = 8,
           .layers = 3,
           .input_dropout = 0,
           .dropout = 0,
           .fanouts = std::move(fanouts)},
          layer, {}, {.at = 1}, {}, on);
      shake(on, m);
      const auto batch = m.sample(1, 2, 1, 5);
      CHECK((batch.sampled != nullptr) == !m.options().fanouts.empty());
      return learned_from(m, batch);
    };
    const auto whole = learned({}), drawn = learned({-1, -1, -1});
    REQUIRE(drawn.size() == whole.size());
    for (std::size_t i = 0; i < drawn.size(); ++i)
      CHECK(drawn[i] == Approx(whole[i]).epsilon(1e-9).margin(1e-12));
  };
  using B = TestType;
  check(std::type_identity<drawing_nodes<B, gcn>>{}, without_dropout<gcn>());
  check(std::type_identity<drawing_nodes<B, sage>>{}, without_dropout<sage>());
  check(std::type_identity<drawing_nodes<B, sage_max, no_fusion, linear_head>>{},
        without_dropout<sage_max>());
  check(std::type_identity<drawing_nodes<B, gat, gated_fusion>>{}, without_dropout<gat>());
  check(std::type_identity<drawing_nodes<B, gcn, gated_fusion, linear_head>>{},
        without_dropout<gcn>());
}

}  // namespace filigree
