// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"

namespace filigree {

TEMPLATE_TEST_CASE("attention does without masked edges too", "", BACKENDS) {
  gat attention;
  attention.edges.heads = 4;
  check_masked_like_pruned<TestType>(attention);
}

}  // namespace filigree
