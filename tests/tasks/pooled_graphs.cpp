// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "pooled_graphs_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <memory>
#include <string>
#include <vector>

namespace filigree {

static_assert(model<top_graphs<cpu, float>> && classifier<clustered_graphs<cpu, float>>);

TEST_CASE("GIN tells rings from stars by their levels, of the best nodes or of clusters") {
  const auto data = toy::rings_and_stars();
  const auto reaches = [&](auto m) {
    fit(m, adam{.rate = 0.01f}, {.epochs = 30, .batch = 16});
    return evaluate(m, ids_from(40, 60), accuracy{})["accuracy"];
  };
  const graph_classifier_options small{.hidden = 8, .layers = 2, .dropout = 0};
  const auto train = ids_from(0, 40);
  CHECK(reaches(top_graphs<cpu, float>(data, train, small, {}, {}, {}, {}, {}, {.ratio = 0.8f})) >
        0.9);
  CHECK(reaches(clustered_graphs<cpu, float>(data, train, small)) > 0.9);
}

TEST_CASE("a checkpoint of another pooling is refused") {
  const auto data = toy::rings_and_stars(12);
  const temporary_file file(".checkpoint");
  const auto run = [&](float ratio, offset epochs) {
    top_graphs<cpu, float> m(data, ids_from(0, 12), {.hidden = 4, .layers = 2}, {}, {}, {}, {}, {},
                             {.ratio = ratio});
    fit(m, adam{}, {.epochs = epochs, .batch = 6, .checkpoint = {.path = file.path()}});
  };
  run(0.5f, 1);
  CHECK_THROWS_WITH(run(0.25f, 2), Catch::Contains("expected pool.ratio 0.25, got pool.ratio 0.5"));
  // The same edges, one of them another graph's.
  const auto identity = [](offset of_the_first) {
    graph_set d;
    d.classes = 2;
    d.features = 1;
    d.node_begin = {0, 3, 6};
    d.edge_begin = {0, of_the_first, 3};
    d.from = {0, 1, 0};
    d.to = {1, 2, 2};
    d.feature_begin = std::vector<offset>(7, 0);
    d.label = {0, 1};
    return top_graphs<cpu, float>(std::make_shared<const graph_set>(d), {0}).identity();
  };
  CHECK(identity(1) == identity(1));
  CHECK(identity(1) != identity(2));
  std::vector<std::string> names;
  top_graphs<cpu, float> m(data, {0}, {.layers = 2});
  for_each_parameter(m, [&](const std::string& name, const auto&) {
    if (name.starts_with("pool.")) names.push_back(name);
  });
  CHECK(names == std::vector<std::string>{"pool.0.direction", "pool.1.direction"});
  CHECK_THROWS_WITH(run(0, 1), Catch::StartsWith("top_k_pooling: ratio: expected above 0"));
}

}  // namespace filigree
