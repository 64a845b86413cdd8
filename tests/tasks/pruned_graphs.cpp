// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/nn/conv/gin.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace filigree {

namespace {
template <class B>
using graphs_on = graph_classifier<B, encoder<gin, concat_layers>>;

/// Some graphs of camps, and those to learn from.
std::pair<std::shared_ptr<const graph_set>, std::vector<index>> graphs() {
  static const auto set = toy::rings_and_stars();
  std::vector<index> train;
  for (index g = set->graphs() - 1; g >= 0; --g)
    if (g % 3 != 0) train.push_back(g);
  return {set, train};
}
}  // namespace

TEMPLATE_TEST_CASE("edges of training graphs leave, and batches have those that are left", "",
                   BACKENDS) {
  const auto [set, train] = graphs();
  const auto trained = [&, set = set, train = train](bool compact, criterion by) {
    graphs_on<TestType> m(set, train, {.hidden = 6, .layers = 2, .dropout = 0});
    const auto steps = m.steps(8);
    pruner sparser{
        m, {.by = by, .keep = share{0.5f}, .schedule = prune_every(steps, 2), .compact = compact}};
    fit(m, adam{.rate = 1e-2f}, {.epochs = 4, .batch = 8}, sparser);
    offset in_batches = 0;
    for (offset step = 0; step < steps; ++step) {
      const auto batch = m.sample(1, 0, step, 8);
      in_batches += batch.graphs->adjacency.edges();
    }
    offset all = 0;
    for (const index g : train)
      all += set->edge_begin[static_cast<std::size_t>(g) + 1] -
             set->edge_begin[static_cast<std::size_t>(g)];
    CHECK(left_of(m, "graph") == 2 * (all / 2));
    CHECK(in_batches == (compact ? 2 * (all / 2) : 2 * all));
    std::vector<index> ids(static_cast<std::size_t>(set->graphs()));
    std::iota(ids.begin(), ids.end(), 0);
    return m.scores_of(ids);
  };
  for (const auto by : {criterion::saliency, criterion::magnitude})
    check_close(trained(true, by), trained(false, by));
}

TEST_CASE("a graph classifier that nobody prunes makes no union of its graphs") {
  const auto [set, train] = graphs();
  graphs_on<cpu> m(set, train, {.hidden = 6, .layers = 2});
  CHECK_FALSE(m.sample(1, 0, 0, 8).edges);
}

TEST_CASE("behind a pooling edges leave, but are not masked") {
  const auto [set, train] = graphs();
  using pooled = graph_classifier<cpu, encoder<gin, sum_layers>, sum_readout, no_fusion,
                                  linear_head, float, top_k_pooling>;
  pooled m(set, train, {.hidden = 6, .layers = 2});
  pruner sparser{m, to_half};
  fit(m, adam{}, {.epochs = 4, .batch = 8}, sparser);
  CHECK(left_of(m, "graph") < m.sample(1, 0, 0, 1000).graphs->adjacency.edges() + 1);
  auto how = to_half;
  how.compact = false;
  pooled other(set, train, {.hidden = 6, .layers = 2});
  pruner masks{other, how};
  CHECK_THROWS_WITH(fit(other, adam{}, {.epochs = 4, .batch = 8}, masks),
                    "graph_classifier: pooling: expected edges that leave when they are pruned, "
                    "got masked ones");
}

}  // namespace filigree
