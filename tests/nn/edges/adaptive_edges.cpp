// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/policy_check.hpp"
#include <filigree/nn/edges/adaptive_edges.hpp>

#include <cmath>
#include <vector>

namespace filigree {

static_assert(edge_policy<adaptive_edges, float, cpu>);
static_assert(edge_policy<adaptive_edges, double, reference>);

namespace {
/// Each score, squash and scaling, and what changes their gradients.
std::vector<adaptive_edges> all_choices() {
  std::vector<adaptive_edges> out;
  for (const auto score :
       {edge_score::dot, edge_score::cosine, edge_score::bilinear, edge_score::additive})
    for (const auto how : {squash::sigmoid, squash::softmax, squash::identity})
      for (const auto scaling : {edge_scaling::by_degree, edge_scaling::none, edge_scaling::row,
                                 edge_scaling::symmetric}) {
        // Weights of either sign have no degrees.
        if (how == squash::identity &&
            (scaling == edge_scaling::row || scaling == edge_scaling::symmetric))
          continue;
        adaptive_edges p;
        p.score = score;
        p.squash = how;
        p.scaling = scaling;
        p.temperature = 1.5f;
        out.push_back(p);
      }
  for (const auto what : {edge_penalty::weight, edge_penalty::logit, edge_penalty::deviation}) {
    adaptive_edges p;
    p.l2 = 0.5f;
    p.penalize = what;
    out.push_back(p);
  }
  adaptive_edges layerwise, untied;
  layerwise.layerwise = true;
  untied.score = edge_score::bilinear;
  untied.tied = false;
  out.push_back(layerwise);
  out.push_back(untied);
  return out;
}
double sigma(double x) { return 1 / (1 + std::exp(-x)); }
}  // namespace

// 0 - 1, 1 - 2
TEMPLATE_TEST_CASE("adaptive edges weigh by the sigmoid of their ends' product", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g = graph<B>::undirected(on, 3, std::vector<index>{0, 1}, std::vector<index>{1, 2});
  const std::vector<T> host{1, 2, 3};
  const matrix<T, B> x(on, std::span<const T>(host), {3, 1});
  const auto weights = [&](const adaptive_edges& p) {
    const adaptive_edges::state<T, B> s(p, on, {.out = 1, .of = &g});
    eager<T, B> r(on);
    const auto w = r.value(weights_of(s, r, g, r.constant(x))).to_host(on);
    return std::vector<double>(w.begin(), w.end());
  };
  const auto check = [](const std::vector<double>& got, const std::vector<double>& expected) {
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]));
  };
  const double a = sigma(2), b = sigma(6), root = std::sqrt(0.5);
  check(weights({}), {root * a, root * a, root * b, root * b});
  check(weights({.scaling = edge_scaling::none}), {a, a, b, b});
  check(weights({.temperature = 2, .scaling = edge_scaling::none}),
        {sigma(1), sigma(1), sigma(3), sigma(3)});
  check(weights({.scaling = edge_scaling::row}), {1, a / (a + b), b / (a + b), 1});
  check(weights({.squash = squash::softmax, .scaling = edge_scaling::none}),
        {1, 1 / (1 + std::exp(4.0)), 1 / (1 + std::exp(-4.0)), 1});
  check(weights({.squash = squash::identity, .scaling = edge_scaling::none}), {2, 2, 6, 6});
  check(
      weights(
          {.score = edge_score::cosine, .squash = squash::identity, .scaling = edge_scaling::none}),
      {1, 1, 1, 1});
  check(weights({.score = edge_score::bilinear,
                 .squash = squash::identity,
                 .scaling = edge_scaling::none}),
        {2, 2, 6, 6});
}

TEMPLATE_TEST_CASE("the gradient of every choice of adaptive edges is right", "", BACKENDS) {
  const TestType on;
  const auto g = small_graph(on);
  for (const auto& p : all_choices()) {
    INFO("score " << int(p.score) << ", squash " << int(p.squash) << ", scaling " << int(p.scaling)
                  << ", penalty " << int(p.penalize) << ", layerwise " << p.layerwise);
    policy_run<adaptive_edges, double, TestType> run(on, g, p);
    CHECK(run.gradient_error() < 1e-7);
  }
}

TEMPLATE_TEST_CASE("the gradient at a gate is right where edges are pruned", "", BACKENDS) {
  const TestType on;
  const auto g = small_graph(on);
  std::vector<double> gate(static_cast<std::size_t>(g.edges()), 1.0);
  for (const auto how : {squash::sigmoid, squash::softmax})
    for (const auto scaling : {edge_scaling::none, edge_scaling::row, edge_scaling::symmetric}) {
      INFO("squash " << int(how) << ", scaling " << int(scaling));
      policy_run<adaptive_edges, double, TestType> run(on, g, {.squash = how, .scaling = scaling});
      run.set_gate(gate);
      CHECK(run.gradient_error() < 1e-7);
    }
}

TEST_CASE("adaptive edges refuse what makes no sense") {
  const reference on;
  const auto g = small_graph(on);
  const auto make = [&](const adaptive_edges& p) {
    (void)adaptive_edges::state<float, reference>(p, on, {.out = 2, .of = &g});
  };
  CHECK_THROWS_WITH(make({.temperature = 0}),
                    Catch::StartsWith("edges: temperature: expected above 0, got 0"));
  CHECK_THROWS_WITH(make({.l2 = -1}), Catch::StartsWith("edges: l2: expected at least 0, got -1"));
  CHECK_THROWS_WITH(make({.ema_decay = 1}),
                    Catch::StartsWith("edges: ema_decay: expected 0 to below 1, got 1"));
  CHECK_THROWS_WITH(make({.layerwise = true, .ema_decay = 0.5f}),
                    Catch::StartsWith("edges: ema_decay: expected 0 with layerwise scores"));
}

TEMPLATE_TEST_CASE("edges whose gate is 0 are as good as gone", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g = small_graph(on);
  // Without the pairs that hold node 2.
  std::vector<index> a, b;
  std::vector<T> gate;
  const auto pattern = g.forward();
  const auto begin = detail::fetch(on, pattern.row_begin, g.rows() + 1);
  const auto neighbor = detail::fetch(on, pattern.neighbor, g.edges());
  for (index r = 0; r < g.rows(); ++r)
    for (auto k = begin[static_cast<std::size_t>(r)]; k < begin[static_cast<std::size_t>(r) + 1];
         ++k) {
      const index c = neighbor[static_cast<std::size_t>(k)];
      gate.push_back(r == 2 || c == 2 ? T(0) : T(1));
      if (gate.back() != 0 && r <= c) a.push_back(r), b.push_back(c);
    }
  const auto smaller = graph<B>::undirected(on, g.rows(), a, b);
  for (auto p : all_choices()) {
    p.l2 = 2;
    INFO("score " << int(p.score) << ", squash " << int(p.squash) << ", scaling " << int(p.scaling)
                  << ", penalize " << int(p.penalize));
    policy_run<adaptive_edges, T, B> masked(on, g, p), compact(on, smaller, p);
    masked.set_gate(gate);
    CHECK(masked.loss(true) == Approx(compact.loss(true)));
    const auto dx = masked.x().gradient.to_host(on), dy = compact.x().gradient.to_host(on);
    for (std::size_t i = 0; i < dx.size(); ++i) CHECK(dx[i] == Approx(dy[i]).margin(1e-4));
    const auto x = masked.inferred(), y = compact.inferred();
    REQUIRE(x.size() == y.size());
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == Approx(y[i]).margin(1e-6));
  }
}

TEMPLATE_TEST_CASE("a moving average is taken once a step, and is what inference uses", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g = graph<B>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  policy_run<adaptive_edges, T, B> run(on, g, {.scaling = edge_scaling::none, .ema_decay = 0.75f},
                                       1);
  const auto weight = [&] {
    eager<T, B> r(on);
    return static_cast<double>(
        r.value(weights_of(run.state(), r, g, r.leaf(run.x()))).to_host(on)[0]);
  };
  const auto set = [&](T x) { run.x().value.from_host(on, std::vector<T>{x, 1}); };
  set(1);
  CHECK(weight() == Approx(sigma(1)));  // nothing to average yet
  run.loss(true);
  run.loss(true);  // the same step
  move_averages(on, run.state());
  set(3);
  CHECK(weight() == Approx(sigma(1)));
  run.loss(true);
  move_averages(on, run.state());
  CHECK(weight() == Approx(0.75 * sigma(1) + 0.25 * sigma(3)));
  set(-5);
  CHECK(weight() == Approx(0.75 * sigma(1) + 0.25 * sigma(3)));
}

TEMPLATE_TEST_CASE("an average gives nothing to an edge from the moment that it is pruned", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g = small_graph(on);
  for (const auto how : {squash::sigmoid, squash::softmax, squash::identity})
    for (const auto scaling : {edge_scaling::by_degree, edge_scaling::none, edge_scaling::row,
                               edge_scaling::symmetric}) {
      if (how == squash::identity && scaling > edge_scaling::none) continue;  // negative weights
      INFO("squash " << int(how) << ", scaling " << int(scaling));
      policy_run<adaptive_edges, T, B> run(on, g,
                                           {.squash = how, .scaling = scaling, .ema_decay = 0.75f});
      run.loss(true);
      move_averages(on, run.state());
      std::vector<T> gate(static_cast<std::size_t>(g.edges()), T(1));
      for (std::size_t e = 0; e < gate.size(); e += 3) gate[e] = 0;
      run.set_gate(gate);
      const auto weights = [&](auto r) {
        return r.value(weights_of(run.state(), r, g, r.leaf(run.x()), r.leaf(run.gate())))
            .to_host(on);
      };
      for (const auto& w : {weights(tape<T, B>(on)), weights(eager<T, B>(on))})
        for (std::size_t e = 0; e < gate.size(); ++e) CHECK((w[e] == 0) == (gate[e] == 0));
    }
}

TEST_CASE("layers that score their own rows are penalized one by one") {
  const cpu on;
  const auto g = small_graph(on);
  const adaptive_edges::state<double, cpu> s({.layerwise = true, .l2 = 0.25f}, on,
                                             {.out = 3, .of = &g});
  tape<double, cpu> r(on);
  const auto x = r.constant(normal_matrix<double>(on, {12, 3}, 1));
  propagation both(r, s, g, x);
  const auto penalty = [&](const auto& next) { return r.value(*next.penalty()).to_host(on)[0]; };
  const auto y = both(x);
  const double of_first = penalty(both);
  (void)both(y);
  propagation second(r, s, g, y);
  (void)second(y);
  CHECK(penalty(second) > 0);
  CHECK(penalty(both) == Approx(of_first + penalty(second)));
}

}  // namespace filigree
