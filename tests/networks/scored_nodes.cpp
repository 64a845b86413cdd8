// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "tasks/camps.hpp"
#include <filigree/tasks/node_classifier.hpp>

#include <cstddef>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("a network scores the nodes of its own graph as its task does", "", BACKENDS) {
  const TestType on;
  const auto data = toy::camps_of_nodes(60);
  const auto ids = detail::ids_below(60);
  const auto check = [&](auto m) {
    shake(on, m);
    CHECK(m.network().scores(data) == m.scores_of(ids));
    CHECK(m.network().predict(data) == m.predict(ids));
  };
  check(node_classifier<TestType, gcn>(data, {.hidden = 8}, {}, {}, {}, {}, on));
  check(node_classifier<TestType, gat, gated_fusion>(data, {.hidden = 8}, {}, {}, {}, {}, on));
  check(node_classifier<TestType, sage, no_fusion, prompt_nodes>(data, {.hidden = 8}, {}, {}, {},
                                                                 {}, on));
}

TEMPLATE_TEST_CASE("a few nodes are scored from their neighborhood as from the whole graph", "",
                   BACKENDS) {
  const TestType on;
  const auto data = toy::camps_of_nodes(3000);
  const std::vector<index> some{41, 7, 41, 0, 79};
  const auto check = [&](auto m) {
    shake(on, m);
    const auto few = m.scores_of(some), all = m.scores_of(detail::ids_below(3000));
    REQUIRE(few.size() == some.size() * 3);
    for (std::size_t k = 0; k < some.size(); ++k)
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(few[3 * k + c] ==
              Approx(all[3 * static_cast<std::size_t>(some[k]) + c]).margin(1e-4));
  };
  check(node_classifier<TestType, gcn>(data, {.hidden = 8, .layers = 3}, {}, {}, {}, {}, on));
  check(node_classifier<TestType, gat>(data, {.hidden = 8}, {}, {}, {}, {}, on));
  check(node_classifier<TestType, sage_max>(data, {.hidden = 8}, {}, {}, {}, {}, on));
  check(node_classifier<TestType, sage, gated_fusion, no_prompt, linear_head>(data, {.hidden = 8},
                                                                              {}, {}, {}, {}, on));
  check(node_classifier<TestType, gcn, concat_fusion, gpf_plus>(data, {.hidden = 8}, {}, {}, {}, {},
                                                                on));
}

}  // namespace filigree
