// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/tasks/node_classifier.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("attention, hops and the largest of neighbors do without masked edges too", "",
                   BACKENDS) {
  const auto check = [](const auto& layers) {
    const auto [edges, scores] = pruned_nodes<TestType>(layers, to_half, true);
    const auto [masked_edges, masked] = pruned_nodes<TestType>(layers, to_half, false);
    CHECK(masked_edges == edges);
    check_close(scores, masked);
  };
  gat attention;
  attention.edges.heads = 4;
  check(attention);
  check(sgc{});
  check(sage_max{});
}

}  // namespace filigree
