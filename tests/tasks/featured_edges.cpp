// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/nn/edges/featured_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <memory>
#include <string>
#include <vector>

namespace filigree {

namespace {
using featured_gcn =
    graph_conv<featured_edges, sum_neighbors, linear_update, with_bias, with_relu, with_dropout>;
/// Type 0 for edges within a camp, 1 for others.
featured_gcn camp_layers(const node_data& d) {
  edge_features f{.from = d.from, .to = d.to, .columns = 2};
  for (std::size_t e = 0; e < d.from.size(); ++e) f.type.push_back(d.from[e] % 3 != d.to[e] % 3);
  featured_gcn layers;
  layers.edges.features = std::make_shared<const edge_features>(f);
  return layers;
}
template <class M>
std::vector<std::vector<float>> featured_values(M& m) {
  std::vector<std::vector<float>> all;
  for_each_parameter(m,
                     [&](const std::string&, auto& p) { all.push_back(p.value.to_host(m.on())); });
  return all;
}
}  // namespace

TEST_CASE("a node classifier learns which types of edges to trust") {
  const auto data = toy::camps_of_nodes();
  node_classifier<cpu, featured_gcn> m(data, {.hidden = 16}, camp_layers(data));
  fit(m, adam{.rate = 0.02f}, {.epochs = 60});
  CHECK(evaluate(m, data.test, accuracy{})["accuracy"] > 0.8);
  int seen = 0;
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    if (!name.ends_with("edges.weight")) return;
    ++seen;
    const auto w = p.value.to_host(m.on());
    CHECK(w[0] > w[1]);
  });
  CHECK(seen == 2);
}

TEST_CASE("a model of featured edges goes on from a checkpoint") {
  const auto data = toy::camps_of_nodes(30);
  const temporary_file file(".checkpoint");
  const auto after = [&](offset epochs, const std::string& path, bool resume) {
    link_predictor<cpu, featured_gcn> m(data, {.hidden = 8}, camp_layers(data));
    fit(m, adam{.rate = 0.02f},
        {.epochs = epochs, .batch = 20, .checkpoint = {.path = path, .resume = resume}});
    return featured_values(m);
  };
  after(2, file.path(), false);
  CHECK(after(4, file.path(), true) == after(4, "", false));
}

}  // namespace filigree
