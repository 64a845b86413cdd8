// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "pruned_models_setting.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/tensor/fetch.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE(
    "what a loss depends on an edge is |g w|, summed over its directions and batches", "",
    BACKENDS) {
  const TestType on;
  node_classifier<TestType,
                  graph_conv<equal_edges, sum_neighbors, own_update, with_bias, with_relu>,
                  no_fusion, no_prompt, conv_head, double>
      m(nodes(), small_network, {}, {}, {}, {}, on);
  const auto batch = m.sample(1, 0, 0, 1000);
  offset partner_of[3]{};
  const offset some[3]{0, 7, 20};
  // The last edge is closed, so that gates make a difference to passes that do not learn.
  const auto set_gate = [&](std::size_t k, double value) {
    for_each_gated_graph(m, [&](const std::string&, auto& graph) {
      const auto partner = detail::fetch(on, graph.pattern().partner(), graph.pattern().edges());
      std::vector<double> gate(partner.size(), 1);
      for (const auto e : {static_cast<std::size_t>(some[k]),
                           static_cast<std::size_t>(partner[static_cast<std::size_t>(some[k])])})
        gate[e] = value;
      gate.back() = gate[static_cast<std::size_t>(partner.back())] = 0;
      partner_of[k] = partner[static_cast<std::size_t>(some[k])];
      set_gates(on, graph,
                matrix<double, TestType>(on, std::span<const double>(gate),
                                         {graph.pattern().edges(), 1}));
    });
  };
  const auto loss_of = [&](auto& r) {
    random_streams random;
    return r(cross_entropy{batch.part->labels}, m.scores(r, random, batch));
  };
  set_gate(0, 1);
  pruner sparser{m, {.schedule = prune_once(9)}};
  for (int twice = 0; twice < 2; ++twice) {
    tape<double, TestType> r(on);
    r.backward(loss_of(r));
    sparser.on_backward(m, 0);
  }
  const auto score = sparser.score().to_host(on);
  for (std::size_t k = 0; k < 3; ++k) {
    const double h = 1e-5;
    const auto loss_with = [&](double value) {
      set_gate(k, value);
      eager<double, TestType> r(on);
      return r.value(loss_of(r)).to_host(on)[0];
    };
    const auto slope = (loss_with(1 + h) - loss_with(1 - h)) / (2 * h);
    CHECK(score[static_cast<std::size_t>(some[k])] == Approx(2 * std::abs(slope)).margin(1e-6));
    CHECK(score[static_cast<std::size_t>(partner_of[k])] ==
          score[static_cast<std::size_t>(some[k])]);
  }
}

}  // namespace filigree
