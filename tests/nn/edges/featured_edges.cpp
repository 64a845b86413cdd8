// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "nn/policy_check.hpp"
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/nn/edges/featured_edges.hpp>

#include <cmath>
#include <concepts>
#include <memory>
#include <vector>

namespace filigree {

static_assert(edge_policy<featured_edges, float, cpu>);
static_assert(edge_policy<featured_edges, double, reference>);

namespace {
/// Two numbers for most edges of `small_graph`, in an order of their own.
std::shared_ptr<const edge_features> some_features(bool typed = false) {
  edge_features f;
  f.from = {9, 7, 4, 5, 6, 1, 3, 2, 1};
  f.to = {0, 9, 0, 3, 7, 2, 2, 0, 0};
  f.columns = 2;
  for (std::size_t k = 0; k < f.from.size(); ++k)
    if (typed) {
      f.type.push_back(k % 3 == 1);
    } else {
      f.value.push_back(static_cast<float>(k) * 0.25f - 1);
      f.value.push_back(static_cast<float>(k % 3) - 0.5f);
    }
  return std::make_shared<const edge_features>(f);
}
/// What the edges of the graph weigh, with w = (1, -2) and b = 0.5.
template <class T, backend B>
std::vector<double> featured_weights(const B& on, const graph<B>& g, const featured_edges& p) {
  featured_edges::state<T, B> s(p, on, {.of = &g});
  for_each_parameter(s, [&](const std::string& name, auto& parameter) {
    parameter.value.from_host(
        on, name == "edges.weight" ? std::vector<T>{1, -2} : std::vector<T>{T(0.5)});
  });
  eager<T, B> r(on);
  const auto x = r.constant(matrix<T, B>::zeros(on, filigree::shape{g.cols(), 1}));
  const auto w = r.value(weights_of(s, r, g, x)).to_host(on);
  return {w.begin(), w.end()};
}
double logistic(double x) { return 1 / (1 + std::exp(-x)); }
}  // namespace

// 0 - 1 and 0 - 2, a loop at 2: the edges (0, 1), (0, 2), (1, 0), (2, 0), (2, 2).
TEMPLATE_TEST_CASE("an edge weighs the sigmoid of its features, whichever end comes first", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g =
      graph<B>::undirected(on, 3, std::vector<index>{0, 2, 0}, std::vector<index>{1, 2, 2});
  const auto same = [](const std::vector<double>& got, const std::vector<double>& scores) {
    REQUIRE(got.size() == scores.size());
    for (std::size_t e = 0; e < got.size(); ++e)
      CHECK(got[e] == Approx(logistic(scores[e])).epsilon(1e-5));
  };
  edge_features f{.from = {2, 0}, .to = {0, 1}, .columns = 2, .value = {3, 1, 2, 4}};
  featured_edges p{.features = std::make_shared<const edge_features>(f)};
  p.scaling = edge_scaling::none;
  same(featured_weights<T>(on, g, p), {-5.5, 1.5, -5.5, 1.5, 0.5});
  CHECK(featured_edges::state<T, B>(p, on, {.of = &g}).tied());

  f.value.clear();
  f.type = {0, 1};
  p.features = std::make_shared<const edge_features>(f);
  same(featured_weights<T>(on, g, p), {-1.5, 1.5, -1.5, 1.5, 0.5});

  p.scaling = edge_scaling::by_degree;
  const auto scaled = featured_weights<T>(on, g, p);
  CHECK(scaled[0] == Approx(logistic(-1.5) / std::sqrt(2.0)).epsilon(1e-5));
}

// Row 1 pulls from columns 0 and 2, row 2 from column 1.
TEMPLATE_TEST_CASE("in a directed graph features go one way", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const graph<B> g(on, filigree::shape{3, 3}, std::vector<index>{1, 1, 2},
                   std::vector<index>{0, 2, 1});
  const edge_features f{.from = {1, 0, 2}, .to = {2, 1, 0}, .columns = 2, .type = {0, 1, 1}};
  featured_edges p{.features = std::make_shared<const edge_features>(f)};
  p.scaling = edge_scaling::none;
  const auto got = featured_weights<T>(on, g, p);
  REQUIRE(got.size() == 3);
  CHECK(got[0] == Approx(logistic(-1.5)).epsilon(1e-5));
  CHECK(got[1] == Approx(logistic(0.5)).epsilon(1e-5));  // from 2 to 0 is another edge
  CHECK(got[2] == Approx(logistic(1.5)).epsilon(1e-5));
}

TEMPLATE_TEST_CASE("the gradient of every choice of featured edges is right", "", BACKENDS) {
  const TestType on;
  const auto g = small_graph(on);
  for (const bool typed : {false, true})
    for (const auto how : {squash::sigmoid, squash::softmax, squash::identity})
      for (const auto scaling : {edge_scaling::by_degree, edge_scaling::none, edge_scaling::row,
                                 edge_scaling::symmetric}) {
        INFO("typed " << typed << ", squash " << int(how) << ", scaling " << int(scaling));
        featured_edges p{.features = some_features(typed)};
        p.squash = how;
        p.scaling = scaling;
        p.start = 4;
        p.l2 = 0.25f;
        policy_run<featured_edges, double, TestType> run(on, g, p);
        shake(on, run.state());
        CHECK(run.gradient_error() < 1e-7);
      }
}

// 0 - 1, 0 - 2 and 1 - 2; without 0 - 1 the edges (0, 2), (1, 2), (2, 0), (2, 1).
TEMPLATE_TEST_CASE("a featured edge that is gated is as good as gone", "", BACKENDS) {
  const TestType on;
  const std::vector<index> a{0, 0, 1}, b{1, 2, 2};
  const auto g = graph<TestType>::undirected(on, 3, a, b);
  const auto less =
      graph<TestType>::undirected(on, 3, std::vector<index>{0, 1}, std::vector<index>{2, 2});
  const edge_features f{.from = a, .to = b, .columns = 1, .value = {3, 1, -2}};
  for (const auto how : {squash::sigmoid, squash::softmax, squash::identity})
    for (const auto scaling : {edge_scaling::by_degree, edge_scaling::none, edge_scaling::row,
                               edge_scaling::symmetric}) {
      INFO("squash " << int(how) << ", scaling " << int(scaling));
      featured_edges p{.features = std::make_shared<const edge_features>(f)};
      p.squash = how;
      p.scaling = scaling;
      p.start = 2;
      policy_run<featured_edges, double, TestType> gated(on, g, p), left(on, less, p);
      for (auto* run : {&gated, &left})
        for_each_parameter(run->state(), [&](const std::string& name, auto& w) {
          if (name == "edges.weight") w.value.from_host(on, std::vector<double>{0.5});
        });
      gated.set_gate({0, 1, 0, 1, 1, 1});
      const auto got = gated.inferred(), expected = left.inferred();
      for (std::size_t i = 0; i < 9; ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-12));
    }
}

TEMPLATE_TEST_CASE("featured edges give what reference gives, in the same bits for any threads", "",
                   BACKENDS) {
  for (const bool typed : {false, true}) {
    const auto run = [&]<class B>(const B& on) {
      const auto g = small_graph(on);
      policy_run<featured_edges, double, B> layers(on, g, {.features = some_features(typed)}, 37);
      shake(on, layers.state());
      return layers.inferred();
    };
    const auto got = run(TestType{}), expected = run(reference{});
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-12));
    if constexpr (std::same_as<TestType, cpu>) CHECK(got == run(cpu{1}));
  }
}

TEMPLATE_TEST_CASE("features stay with the edges that are left", "", BACKENDS) {
  const TestType on;
  const auto g =
      graph<TestType>::undirected(on, 3, std::vector<index>{0, 0}, std::vector<index>{1, 2});
  const auto less =
      graph<TestType>::undirected(on, 3, std::vector<index>{0}, std::vector<index>{2});
  const edge_features f{.from = {0, 0}, .to = {1, 2}, .columns = 1, .value = {5, 7}};
  featured_edges p{.features = std::make_shared<const edge_features>(f)};
  p.scaling = edge_scaling::none;
  p.squash = squash::identity;
  featured_edges::state<double, TestType> s(p, on, {.of = &g});
  for_each_parameter(s, [&](const std::string&, auto& parameter) {
    parameter.value.from_host(on, std::vector<double>{1});
  });
  keep_edges(on, s, on.upload(std::span<const offset>(std::vector<offset>{1, 3})));
  eager<double, TestType> r(on);
  const auto x = r.constant(matrix<double, TestType>::zeros(on, filigree::shape{3, 1}));
  CHECK(r.value(weights_of(s, r, less, x)).to_host(on) == std::vector<double>{8, 8});
}

TEMPLATE_TEST_CASE("a layer of featured edges agrees with differences", "", BACKENDS) {
  using layer = graph_conv<featured_edges, sum_neighbors, linear_update, with_bias>;
  const TestType on;
  const auto g = small_graph(on);
  layer how;
  how.edges.features = some_features();
  typename layer::template state<double, TestType> s(how, on, {.in = 4, .out = 3, .of = &g});
  shake(on, s);
  auto x = normal_parameter<double>(on, filigree::shape{12, 4}, 3);
  const auto each = [&](const auto& f) {
    for_each_parameter(s, f);
    f("x", x);
  };
  const auto result = [&](auto& r) {
    using R = std::remove_cvref_t<decltype(r)>;
    random_streams random;
    return s(r, g, activation<R>(r.leaf(x)), random);
  };
  CHECK(parameter_error(on, each, result) < 1e-6);
}

TEST_CASE("featured edges name what does not fit together") {
  const reference on;
  const auto g = small_graph(on);
  const auto fails = [&](const edge_features& f) {
    featured_edges::state<double, reference>({.features = std::make_shared<const edge_features>(f)},
                                             on, {.of = &g});
  };
  CHECK_THROWS_WITH((featured_edges::state<double, reference>({}, on, {.of = &g})),
                    "featured_edges: features: expected some, got none");
  CHECK_THROWS_WITH(fails({.from = {0, 1}, .to = {1, 0}, .columns = 1, .value = {1, 2}}),
                    "featured_edges: features of edge 1 0: expected once, got them again");
  CHECK_THROWS_WITH(fails({.from = {0, 1}, .to = {1}, .columns = 1, .value = {1}}),
                    "edge_features: ends of edges: expected 2, got 1");
  CHECK_THROWS_WITH(fails({.from = {0}, .to = {1}, .columns = 0}),
                    "edge_features: columns: expected at least 1, got 0");
  CHECK_THROWS_WITH(fails({.from = {0}, .to = {1}, .columns = 2, .value = {1}}),
                    "edge_features: values: expected 2, got 1");
  CHECK_THROWS_WITH(fails({.from = {0}, .to = {1}, .columns = 2, .type = {2}}),
                    "edge_features: type of edge 0: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(fails({.from = {0}, .to = {1}, .columns = 2, .type = {0, 1}}),
                    "edge_features: types: expected 1, got 2");
}

TEST_CASE("featured edges infer with their moving average") {
  const cpu on;
  const auto g = graph<cpu>::undirected(on, 2, std::vector<index>{0}, std::vector<index>{1});
  const edge_features f{.from = {0}, .to = {1}, .columns = 1, .value = {1}};
  featured_edges p{.features = std::make_shared<const edge_features>(f)};
  p.scaling = edge_scaling::none;
  p.squash = squash::identity;
  p.start = 3;
  p.ema_decay = 0.5f;
  featured_edges::state<double, cpu> s(p, on, {.of = &g});
  const auto weigh = [&](auto&& r) {
    const auto x = r.constant(matrix<double, cpu>::zeros(on, filigree::shape{2, 1}));
    return r.value(weights_of(s, r, g, x)).to_host(on);
  };
  (void)weigh(tape<double, cpu>(on));
  move_averages(on, s);
  for_each_parameter(
      s, [&](const std::string&, auto& w) { w.value.from_host(on, std::vector<double>{10}); });
  CHECK(weigh(eager<double, cpu>(on)) == std::vector<double>{3, 3});
}

}  // namespace filigree
