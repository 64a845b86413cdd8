// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/node_classifier.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("edges leave any layer, and a masked graph gives the same as what is left", "",
                   BACKENDS) {
  const auto check = [](const auto& layers) {
    for (const auto by : {criterion::saliency, criterion::magnitude}) {
      auto how = to_half;
      how.by = by;
      const auto [edges, scores] = pruned_nodes<TestType>(layers, how, true);
      const auto [masked_edges, masked] = pruned_nodes<TestType>(layers, how, false);
      CHECK(edges == 2 * (nodes().edges() / 2));
      CHECK(masked_edges == edges);
      check_close(scores, masked);
    }
  };
  check(gcn{});
  check(sage{});
}

}  // namespace filigree
