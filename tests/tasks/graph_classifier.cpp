// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "graph_classifier_setting.hpp"
#include "temporary_file.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <limits>
#include <string>
#include <vector>

namespace filigree {

static_assert(model<plain_graphs<cpu, float>>);
static_assert(classifier<plain_graphs<cpu, float>>);

TEST_CASE("GIN tells rings from stars, summed up, or weighed and fused with their graph") {
  const auto data = toy::rings_and_stars();
  const auto reaches = [&](auto m) {
    fit(m, adam{.rate = 0.01f}, {.epochs = 30, .batch = 16});
    return evaluate(m, ids_from(40, 60), accuracy{})["accuracy"];
  };
  const graph_classifier_options small{.hidden = 8, .layers = 2, .dropout = 0};
  CHECK(reaches(plain_graphs<cpu, float>(data, ids_from(0, 40), small)) > 0.9);
  CHECK(reaches(fused_graphs<cpu, float>(data, ids_from(0, 40), small)) > 0.9);
}

TEST_CASE("early stopping brings running means back too") {
  const auto data = toy::rings_and_stars();
  plain_graphs<cpu, float> m(data, ids_from(0, 40), {.hidden = 4, .layers = 2});
  const auto validation = ids_from(40, 60);
  early_stopping best{m, validation, log_likelihood{}};
  fit(m, adam{.rate = 0.05f}, {.epochs = 15, .batch = 16}, best);
  CHECK(evaluate(m, validation, log_likelihood{})["log_likelihood"] == best.best());
  CHECK(m.predict(validation) == best_classes(m.scores_of(validation), m.classes()));
}

TEST_CASE("a run that was stopped and goes on ends in the same bits") {
  const auto data = toy::rings_and_stars();
  const temporary_file file(".checkpoint");
  const auto after = [&](offset epochs, const std::string& path, index hidden) {
    plain_graphs<cpu, float> m(data, ids_from(0, 40), {.hidden = hidden, .layers = 2});
    fit(m, adam{.rate = 0.02f}, {.epochs = epochs, .batch = 16, .checkpoint = {.path = path}});
    std::vector<float> all;
    const auto keep = [&](const auto& values) {
      for (const float v : values.to_host(m.on())) all.push_back(v);
    };
    for_each_parameter(m, [&](const std::string&, auto& p) { keep(p.value); });
    for_each_buffer(m, [&](const std::string&, auto& p) { keep(p); });
    return all;
  };
  const auto expected = after(6, "", 4);
  (void)after(3, file.path(), 4);
  CHECK(after(6, file.path(), 4) == expected);
  CHECK_THROWS_WITH(after(6, file.path(), 5),
                    Catch::Contains("fit.model: expected options.hidden 5, got options.hidden 4"));
}

TEST_CASE("a graph classifier says what it expects") {
  const auto data = toy::rings_and_stars(12);
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {})),
                    "graph_classifier: training graphs: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}, {.hidden = 0})),
                    "graph_classifier: hidden: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}, {.layers = 0})),
                    "graph_classifier: layers: expected at least 1, got 0");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}, {.dropout = 1})),
                    "graph_classifier: dropout: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0, 12})),
                    "graph_classifier: training graph 1: expected 0 to 11, got 12");
  CHECK_THROWS_WITH((plain_graphs<cpu, float>(data, {0}).predict(std::vector<index>{12})),
                    "graph_classifier: graph 0: expected 0 to 11, got 12");
}

TEST_CASE("a graph classifier that has diverged classifies nothing") {
  plain_graphs<cpu, float> m(toy::rings_and_stars(), ids_from(0, 40), {.hidden = 4, .layers = 2});
  for_each_parameter(m, [&](const std::string&, auto& p) {
    m.on().fill(p.value.data(), p.value.size(), std::numeric_limits<float>::quiet_NaN());
  });
  CHECK_THROWS_WITH(m.predict(ids_from(7, 9)),
                    "graph_classifier: graph 7: scores: expected finite numbers, got nan");
}

}  // namespace filigree
