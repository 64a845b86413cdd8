// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "nn/policy_check.hpp"
#include <filigree/nn/conv/encoder.hpp>
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace filigree {

namespace {
using conv = graph_conv<equal_edges, mean_neighbors, own_update, with_bias, with_elu>;

template <class Jump, class T, backend B>
class encoder_run {
 public:
  encoder_run(const B& on, int layers)
      : on_(on),
        graph_(small_graph(on)),
        features_(small_features<T>(on)),
        encoder_(encoder<conv, Jump>{}, on, {.in = 5, .out = 4, .sparse = true, .of = &graph_},
                 layers) {
    shake(on, encoder_);
  }
  template <recorder R>
  std::vector<typename R::var> layers(R& r) const {
    random_streams random;
    return encoder_.each_layer(r, graph_, activation<R>(r, features_), random,
                               [](int, const activation<R>& x) { return x; });
  }
  template <recorder R>
  typename R::var operator()(R& r) const {
    return encoder_.join(r, layers(r));
  }
  auto& state() { return encoder_; }

 private:
  B on_;
  graph<B> graph_;
  sparse_features<T, B> features_;
  typename encoder<conv, Jump>::template state<T, B> encoder_;
};

template <class Jump, backend B>
double jump_error(const B& on) {
  encoder_run<Jump, double, B> run(on, 3);
  return parameter_error(
      on, [&](const auto& f) { for_each_parameter(run.state(), f); },
      [&](auto& r) { return run(r); });
}
}  // namespace

TEMPLATE_TEST_CASE("every way to take layers agrees with differences", "", BACKENDS) {
  const TestType on;
  CHECK(jump_error<last_layer>(on) < 1e-6);
  CHECK(jump_error<concat_layers>(on) < 1e-6);
  CHECK(jump_error<sum_layers>(on) < 1e-6);
  CHECK(jump_error<max_layers>(on) < 1e-6);
}

TEST_CASE("layers are joined as their name says") {
  const reference on;
  const auto of = [&](const auto& run) {
    eager<double, reference> r(on);
    const auto xs = run.layers(r);
    std::vector<std::vector<double>> each;
    for (const auto& x : xs) each.push_back(r.value(x).to_host(on));
    each.push_back(r.value(run(r)).to_host(on));
    return each;
  };
  const auto last = of(encoder_run<last_layer, double, reference>(on, 2));
  CHECK(last[2] == last[1]);
  const auto sum = of(encoder_run<sum_layers, double, reference>(on, 2));
  const auto max = of(encoder_run<max_layers, double, reference>(on, 2));
  const auto all = of(encoder_run<concat_layers, double, reference>(on, 2));
  REQUIRE(all[2].size() == 2 * all[0].size());
  for (std::size_t v = 0; v < 12; ++v)
    for (std::size_t j = 0; j < 4; ++j) {
      const auto k = 4 * v + j;
      CHECK(sum[2][k] == Approx(sum[0][k] + sum[1][k]));
      CHECK(max[2][k] == std::max(max[0][k], max[1][k]));
      CHECK(all[2][8 * v + j] == all[0][k]);
      CHECK(all[2][8 * v + 4 + j] == all[1][k]);
    }
}

TEST_CASE("an encoder names its layers and knows how wide it is") {
  encoder_run<concat_layers, float, reference> run(reference{}, 2);
  CHECK(run.state().columns() == 8);
  std::vector<std::string> names;
  for_each_parameter(run.state(),
                     [&](const std::string& name, const auto&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"layers.0.weight", "layers.0.own", "layers.0.bias",
                                          "layers.1.weight", "layers.1.own", "layers.1.bias"});
  encoder_run<last_layer, float, reference> none(reference{}, 0);
  CHECK(none.state().columns() == 5);
}

TEST_CASE("layers of one width start with different vectors of additive edges") {
  using additive = graph_conv<adaptive_edges, sum_neighbors, linear_update>;
  const reference on;
  const auto g = small_graph(on);
  const auto first = [&](std::uint64_t seed) {
    encoder<additive, last_layer> how;
    how.conv.edges = {.score = edge_score::additive, .seed = seed};
    const encoder<additive, last_layer>::state<double, reference> layers(
        how, on, {.in = 4, .out = 4, .of = &g}, 2);
    std::vector<std::vector<double>> out;
    for_each_parameter(layers, [&](const std::string& name, const auto& p) {
      if (name.find("edges.") != std::string::npos) out.push_back(p.value.to_host(on));
    });
    return out;
  };
  auto all = first(1);
  for (const auto& v : first(2)) all.push_back(v);
  REQUIRE(all.size() == 8);  // `from` and `to` of two layers, twice
  std::ranges::sort(all);
  CHECK(std::ranges::adjacent_find(all) == all.end());
  CHECK(first(1) == first(1));
}

}  // namespace filigree
