// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/policy_check.hpp"
#include <filigree/nn/edges/learned_edges.hpp>

#include <cmath>
#include <vector>

namespace filigree {

static_assert(edge_policy<learned_edges, float, cpu>);
static_assert(edge_policy<learned_edges, double, reference>);

TEMPLATE_TEST_CASE("learned edges have a logit each, which partners share", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g = graph<B>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  learned_edges::state<T, B> s({.scaling = edge_scaling::none, .start = 1}, on,
                               {.out = 3, .of = &g});
  const auto weights = [&] {
    eager<T, B> r(on);
    const matrix<T, B> x(on, {2, 3});
    const auto w = r.value(weights_of(s, r, g, r.constant(x))).to_host(on);
    return std::vector<double>(w.begin(), w.end());
  };
  const auto sigma = [](double x) { return 1 / (1 + std::exp(-x)); };
  CHECK(weights()[0] == Approx(sigma(1)));
  for_each_parameter(s, [&](const std::string& name, auto& p) {
    CHECK(name == "edges.logit");
    p.value.from_host(on, std::vector<T>{2, 4});
  });
  CHECK(weights()[0] == Approx(sigma(3)));
  CHECK(weights()[1] == Approx(sigma(3)));
  CHECK(s.tied());
}

TEMPLATE_TEST_CASE("the gradient of every choice of learned edges is right", "", BACKENDS) {
  const TestType on;
  const auto g = small_graph(on);
  for (const auto how : {squash::sigmoid, squash::softmax, squash::identity})
    for (const auto scaling :
         {edge_scaling::by_degree, edge_scaling::none, edge_scaling::row, edge_scaling::symmetric})
      for (const bool tied : {true, false}) {
        INFO("squash " << int(how) << ", scaling " << int(scaling) << ", tied " << tied);
        policy_run<learned_edges, double, TestType> run(
            on, g, {.squash = how, .scaling = scaling, .tied = tied, .start = 0.5f, .l2 = 0.25f});
        CHECK(run.gradient_error() < 1e-7);
      }
}

TEMPLATE_TEST_CASE("logits and averages follow the edges that stay", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  // 0 - 1 and 0 - 2: the edges (0, 1), (0, 2), (1, 0), (2, 0); then without 0 - 1.
  const auto g = graph<B>::undirected(on, 3, std::vector<index>{0, 0}, std::vector<index>{1, 2});
  const auto less = graph<B>::undirected(on, 3, std::vector<index>{0}, std::vector<index>{2});
  learned_edges::state<T, B> s({.scaling = edge_scaling::none, .ema_decay = 0.5f}, on,
                               {.out = 1, .of = &g});
  for_each_parameter(s, [&](const std::string&, auto& p) {
    p.value.from_host(on, std::vector<T>{1, 2, 3, 4});
    p.slot(on, "adam.first").from_host(on, std::vector<T>{10, 20, 30, 40});
  });
  const matrix<T, B> x(on, {3, 1});
  {
    tape<T, B> r(on);
    (void)weights_of(s, r, g, r.constant(x));
    move_averages(on, s);
  }
  keep_edges(on, s, on.upload(std::span<const offset>(std::vector<offset>{1, 3})));
  for_each_parameter(s, [&](const std::string&, auto& p) {
    CHECK(p.value.to_host(on) == std::vector<T>{2, 4});
    CHECK(p.slots.at("adam.first").to_host(on) == std::vector<T>{20, 40});
  });
  for_each_buffer(s, [&](const std::string& name, auto& m) {
    CHECK(name == "edges.average");
    REQUIRE(m.size() == 2);
    CHECK(m.to_host(on)[0] == Approx(1 / (1 + std::exp(-3.0))));  // of the tied logits 2 and 4
  });
}

TEST_CASE("learned edges of a directed graph share nothing") {
  const cpu on;
  const graph<cpu> g(on, {2, 2}, std::vector<index>{0, 1}, std::vector<index>{1, 0});
  learned_edges::state<double, cpu> s({.squash = squash::identity, .scaling = edge_scaling::none},
                                      on, {.out = 1, .of = &g});
  for_each_parameter(s, [&](const std::string&, auto& p) {
    p.value.from_host(on, std::vector<double>{2, 4});
  });
  eager<double, cpu> r(on);
  const auto x = r.constant(matrix<double, cpu>::zeros(on, {2, 1}));
  CHECK(r.value(weights_of(s, r, g, x)).to_host(on) == std::vector<double>{2, 4});
  const parameter<double, cpu> ones(matrix<double, cpu>(on, std::vector<double>{1, 1}, {2, 1}));
  tape<double, cpu> learning(on);
  const auto seen = learning.leaf(ones);
  learning.backward(learning(l2_penalty{}, propagation(learning, s, g, seen)(seen)));
  CHECK(ones.gradient.to_host(on) == std::vector<double>{16, 4});  // each by its own weight
}

TEST_CASE("a moving average stays while nothing learns") {
  const cpu on;
  const auto g = graph<cpu>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  learned_edges::state<double, cpu> s({.scaling = edge_scaling::none, .ema_decay = 0.5f}, on,
                                      {.out = 1, .of = &g});
  const auto average = [&] {
    std::vector<double> host;
    for_each_buffer(s, [&](const std::string&, auto& m) { host = m.to_host(on); });
    return host;
  };
  move_averages(on, s);
  CHECK(average().empty());
  {
    tape<double, cpu> r(on);
    (void)weights_of(s, r, g, r.constant(matrix<double, cpu>::zeros(on, {2, 1})));
    move_averages(on, s);
  }
  const auto first = average();
  CHECK(first == std::vector<double>{0.5, 0.5});
  move_averages(on, s);
  CHECK(average() == first);
}

}  // namespace filigree
