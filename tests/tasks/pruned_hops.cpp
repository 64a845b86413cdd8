// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"

namespace filigree {

TEMPLATE_TEST_CASE("hops do without masked edges too", "", BACKENDS) {
  check_masked_like_pruned<TestType>(sgc{});
}

}  // namespace filigree
