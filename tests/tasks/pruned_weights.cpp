// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

namespace {
template <class M>
std::vector<double> everything(M& m) {
  std::vector<double> out;
  const auto take = [&](const auto& matrix) {
    for (const auto x : matrix.to_host(m.on())) out.push_back(static_cast<double>(x));
  };
  for_each_parameter(m, [&](const std::string&, auto& p) {
    take(p.value);
    for (const auto& [name, slot] : p.slots) take(slot);
  });
  for_each_buffer(m, [&](const std::string&, auto& matrix) { take(matrix); });
  return out;
}
}  // namespace

TEMPLATE_TEST_CASE("weights are masked, come back with undo, and go on from a checkpoint", "",
                   BACKENDS) {
  const pruning weights{.of = {"*weight"},
                        .keep = share{.of = 0.25f, .among = together{.least = 0.1f}},
                        .schedule = prune_every(3, 3),
                        .undoable = true};
  const auto make = [] { return node_classifier<TestType>(nodes(), small_network); };
  const auto masked = [](auto& m) {
    offset open = 0, all = 0;
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (!name.ends_with("weight")) {
        CHECK(p.mask.size() == 0);
        return;
      }
      all += p.value.size();
      open += left_of(m, name);
      CHECK(left_of(m, name) >= p.value.size() / 10);
    });
    return std::pair(open, all);
  };
  auto m = make();
  pruner sparser{m, weights};
  fit(m, adam{.rate = 1e-2f}, ten_epochs, sparser);
  const auto [open, all] = masked(m);
  CHECK(open == all / 4);

  // What is masked is 0 to the model, and its value is kept.
  const auto before = m.scores_of(all_nodes());
  for_each_parameter(m, [&](const std::string&, auto& p) {
    if (p.mask.size() == 0) return;
    const auto value = p.value.to_host(m.on());
    CHECK(std::count(value.begin(), value.end(), 0.0f) < p.value.size() / 2);
    p.value = masked_value(m.on(), p);
    p.mask = {};
  });
  CHECK(m.scores_of(all_nodes()) == before);

  const temporary_file file(".checkpoint");
  auto first = make(), second = make(), whole = make();
  training plan{.epochs = 10};
  pruner a{whole, weights}, b{first, weights}, c{second, weights};
  fit(whole, adam{.rate = 1e-2f}, plan, a);
  plan.checkpoint = {.path = file.path(), .resume = false};
  plan.epochs = 5;
  fit(first, adam{.rate = 1e-2f}, plan, b);
  plan.checkpoint.resume = true;
  plan.epochs = 10;
  fit(second, adam{.rate = 1e-2f}, plan, c);
  CHECK(everything(second) == everything(whole));
  CHECK(masked(second) == masked(whole));
  a.undo(whole);
  c.undo(second);
  CHECK(masked(second).first > all / 4);
  CHECK(masked(second) == masked(whole));
  CHECK(everything(second) == everything(whole));
}

TEMPLATE_TEST_CASE("two pruners watch one training, of edges and of neurons", "", BACKENDS) {
  node_classifier<TestType> m(nodes(), small_network);
  pruner edges{m, to_half};
  pruner neurons{m,
                 {.of = {"layers.0.weight"},
                  .keep = count{.of = 3, .among = each{by_column}},
                  .schedule = prune_once(4)}};
  const temporary_file file(".checkpoint");
  fit(m, adam{.rate = 1e-2f}, {.epochs = 10, .checkpoint = {.path = file.path()}}, edges, neurons);
  CHECK(left_of(m, "graph") == 2 * (nodes().edges() / 2));
  CHECK(left_of(m, "layers.0.weight") == 3 * nodes().features);
  node_classifier<TestType> again(nodes(), small_network);
  pruner same_edges{again, to_half};
  pruner same_neurons{again, neurons.options()};
  fit(again, adam{.rate = 1e-2f}, {.epochs = 10, .checkpoint = {.path = file.path()}}, same_edges,
      same_neurons);
  CHECK(everything(again) == everything(m));
  CHECK(again.scores_of(all_nodes()) == m.scores_of(all_nodes()));
}

}  // namespace filigree
