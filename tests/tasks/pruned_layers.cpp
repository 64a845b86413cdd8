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
      CHECK(check_masked_like_pruned<TestType>(layers, how) == 2 * (nodes().edges() / 2));
    }
  };
  check(gcn{});
  check(sage{});
}

}  // namespace filigree
