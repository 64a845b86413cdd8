// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "node_classifier_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

#include <cstddef>
#include <vector>

namespace filigree {

TEST_CASE("a run whose edges have an average goes on from its checkpoint") {
  const auto data = toy::camps_of_nodes(30);
  using layer = graph_conv<adaptive_edges, sum_neighbors, own_update>;
  layer adapts;
  adapts.edges.ema_decay = 0.5f;
  const temporary_file file(".checkpoint");
  const auto trained = [&](offset first, bool saves) {
    std::vector<float> scores;
    for (const offset epochs : {first, offset{4}}) {
      node_classifier<cpu, layer> m(data, {.hidden = 4}, adapts);
      fit(m, adam{}, {.epochs = epochs, .checkpoint = {.path = saves ? file.path() : ""}});
      scores = m.scores_of(data.train);
    }
    return scores;
  };
  CHECK(trained(2, true) == trained(4, false));
}

TEST_CASE("a checkpoint of other parts, other choices of theirs or other data is refused") {
  const auto data = toy::camps_of_nodes(30);
  using fused = fused_nodes<cpu, float>;
  const auto identity = [&](const node_data& d, float rate, float start, offset tokens,
                            float temperature) {
    encoder<sage, concat_layers> layers;
    layers.conv.step<with_dropout>().rate = rate;
    return fused(d, {}, layers, {.start = start}, {.tokens = tokens}, {.temperature = temperature})
        .identity();
  };
  const auto one = identity(data, 0.5f, 0, 8, 0.1f);
  CHECK(one == identity(data, 0.5f, 0, 8, 0.1f));
  for (const char* part :
       {"layers encoder<graph_conv<equal_edges,mean_neighbors,", "layers.conv.step.2.rate 0.5",
        "fusion gated_fusion, fusion.per_feature 0, fusion.start 0",
        "prompt gpf_plus, prompt.tokens 8", "head prototype_head"})
    CHECK_THAT(one, Catch::Contains(part));
  CHECK(identity(data, 0.25f, 0, 8, 0.1f) != one);
  CHECK(identity(data, 0.5f, 1, 8, 0.1f) != one);
  CHECK(identity(data, 0.5f, 0, 4, 0.1f) != one);
  CHECK(identity(data, 0.5f, 0, 8, 0.2f) != one);
  CHECK(plain_nodes<cpu, float>(data).identity() != joined_nodes<cpu, float>(data).identity());

  auto moved = data;  // the same features in the same order, one of them another node's
  std::size_t v = 0;
  while (moved.feature_begin[v + 1] == moved.feature_begin[v] ||
         moved.feature[static_cast<std::size_t>(moved.feature_begin[v + 1])] <=
             moved.feature[static_cast<std::size_t>(moved.feature_begin[v + 1]) - 1])
    ++v;
  ++moved.feature_begin[v + 1];
  CHECK(identity(moved, 0.5f, 0, 8, 0.1f) != one);

  const temporary_file file(".checkpoint");
  const auto run = [&](float start) {
    fused m(data, {}, {}, {.start = start});
    fit(m, adam{}, {.epochs = 1, .checkpoint = {.path = file.path()}});
  };
  run(0);
  CHECK_THROWS_WITH(run(0.5f),
                    file.path() + ": fit.model: expected fusion.start 0.5, got fusion.start 0");
}

}  // namespace filigree
