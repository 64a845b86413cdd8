// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"

namespace filigree {

TEMPLATE_TEST_CASE("hops and the largest of neighbors do without masked edges too", "", BACKENDS) {
  check_masked_like_pruned<TestType>(sgc{});
  check_masked_like_pruned<TestType>(sage_max{});
}

}  // namespace filigree
