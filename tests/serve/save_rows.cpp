// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "save_setting.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a LightGCN is saved with the rows of embeddings that are left", "", BACKENDS) {
  using names = std::vector<std::string>;
  for (const auto& what : {names{"embedding"}, names{"graph", "embedding"}})
    for (const bool compact : {true, false}) {
      auto how = to_half;
      how.of = what;
      how.compact = compact;
      const auto pruned = trained<TestType>(fg::fixed_edges{}, how);
      const auto light = to_serve<TestType>(pruned);
      CHECK(light.rows() == pruned.rows());
      CHECK(light.edges() == pruned.edges());
      const auto expected = scores(pruned), got = scores(light);
      for (std::size_t i = 0; i < got.size(); ++i)
        REQUIRE(got[i] == Approx(expected[i]).margin(compact ? 0 : 1e-5));
      CHECK(scores(to_serve<TestType>(light)) == got);
    }
}
