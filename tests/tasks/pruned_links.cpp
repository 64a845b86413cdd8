// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/train/fit.hpp>

#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("links are predicted along the edges that are left", "", BACKENDS) {
  const auto trained = [](criterion by, bool compact) {
    link_predictor<TestType> m(nodes(), {.hidden = 8, .columns = 4});
    auto how = to_half;
    how.by = by;
    how.compact = compact;
    pruner sparser{m, how};
    fit(m, adam{.rate = 1e-2f}, ten_epochs, sparser);
    CHECK(left_of(m, "graph") == 2 * (nodes().edges() / 2));
    return m.scores_of(std::vector<index>{0, 1, 2, 3}, std::vector<index>{5, 6, 7, 8});
  };
  for (const auto by : {criterion::saliency, criterion::magnitude})
    check_close(trained(by, true), trained(by, false));
}

}  // namespace filigree
