// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "temporary_file.hpp"
#include <filigree/data/hold_out_edges.hpp>
#include <filigree/nn/conv/batch_norm.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/train/area_under_curve.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace filigree {

namespace {
/// Two communities, most edges within one; the feature of a node is its number.
node_data two_communities(index nodes = 60, std::uint64_t seed = 1) {
  node_data d;
  d.nodes = d.features = nodes;
  const philox random{seed, 7};
  std::set<std::pair<index, index>> edges;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(nodes) * 14; ++k) {
    const auto u = static_cast<index>(random.below(3 * k, nodes));
    auto v = static_cast<index>(random.below(3 * k + 1, nodes));
    if (random.uniform(3 * k + 2) < 0.98) v = v - v % 2 + u % 2;
    if (v < nodes && u != v) edges.insert(std::minmax(u, v));
  }
  for (const auto& [u, v] : edges) {
    d.from.push_back(u);
    d.to.push_back(v);
  }
  for (index v = 0; v < nodes; ++v) {
    d.feature.push_back(v);
    d.value.push_back(1);
    d.feature_begin.push_back(v + 1);
    d.label.push_back(-1);
  }
  return d;
}
template <class M>
std::vector<double> learned_values(M& m) {
  std::vector<double> all;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const auto v : p.value.to_host(m.on())) all.push_back(static_cast<double>(v));
  });
  return all;
}
template <class B, class T>
using plain_links = link_predictor<B, gcn, T>;
template <class B, class T>
using joined_links = link_predictor<B, encoder<sage, concat_layers>, T>;
using normed_links =
    link_predictor<cpu, graph_conv<fixed_edges, sum_neighbors, linear_update, with_batch_norm>>;
}  // namespace

static_assert(model<plain_links<cpu, float>>);
static_assert(pair_scorer<plain_links<cpu, float>>);

TEST_CASE("held-out edges within communities score above pairs that no edge joins") {
  const auto split = hold_out_edges(two_communities(), 0.2f);
  plain_links<cpu, float> m(split.train, {.seed = 2});  // whose first area is .75; that of 1 is .90
  const auto area = [&] {
    return evaluate(m, split.held_out, area_under_curve{})["area_under_curve"];
  };
  const auto before = area();
  early_stopping best{m, split.held_out, area_under_curve{}, 5};
  fit(m, adam{.rate = 0.01f}, {.epochs = 100}, best);
  CHECK(area() > 0.8);
  CHECK(area() > before);
  CHECK(area() == best.best());
}

TEMPLATE_TEST_CASE("the loss of a link predictor agrees with differences, penalties included", "",
                   BACKENDS) {
  const TestType on;
  const auto check = [&](auto m) {
    const auto batch = m.sample(1, 0, 0, 20);
    const auto names = [&](const auto& f) {
      for_each_parameter(m, [&](const std::string& name, auto& p) { f(name, p); });
    };
    shake(on, m);
    CHECK(parameter_error(on, names, [&](auto& r) { return m.loss(r, batch); }) < 1e-6);
  };
  const auto data = two_communities(14);
  const link_predictor_options small{.hidden = 4, .columns = 3, .input_dropout = 0.25f, .l2 = 0.1f};
  check(plain_links<TestType, double>(data, small, {}, on));
  check(joined_links<TestType, double>(data, small, {}, on));
}

TEMPLATE_TEST_CASE("a batch is edges and as many different non-edges, the same on every backend",
                   "", BACKENDS) {
  const auto data = two_communities(20);
  std::set<std::pair<index, index>> edges;
  for (std::size_t e = 0; e < data.from.size(); ++e) edges.emplace(data.from[e], data.to[e]);
  plain_links<TestType, double> m(data);
  plain_links<reference, double> other(data);
  std::set<std::pair<index, index>> seen;
  const auto pairs_of = [](const auto& on, const auto& batch) {
    const auto& pattern = batch.pairs->pattern;
    const auto begin = detail::fetch(on, pattern.forward().row_begin, pattern.rows() + 1);
    const auto to = detail::fetch(on, pattern.forward().neighbor, pattern.edges());
    const auto target = batch.pairs->target.to_host(on);
    std::vector<std::tuple<index, index, double>> out;
    for (index v = 0; v < 20; ++v)
      for (auto e = static_cast<std::size_t>(begin[static_cast<std::size_t>(v)]);
           e < static_cast<std::size_t>(begin[static_cast<std::size_t>(v) + 1]); ++e)
        out.emplace_back(v, to[e], target[e]);
    return out;
  };
  for (offset step = 0; step < m.steps(16); ++step) {
    const auto got = pairs_of(m.on(), m.sample(3, 1, step, 16));
    CHECK(got == pairs_of(other.on(), other.sample(3, 1, step, 16)));
    std::size_t joined = 0;
    for (const auto& [u, v, target] : got) {
      CHECK((target == 1) == (edges.count(std::minmax(u, v)) == 1));
      if (target != 1) continue;
      ++joined;
      seen.emplace(u, v);
    }
    CHECK(got.size() == 2 * joined);
  }
  CHECK(seen == edges);  // an epoch has each
}

TEMPLATE_TEST_CASE("the same seed learns the same links, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = two_communities(40);
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    joined_links<B, double> m(data, {.hidden = 8, .seed = seed}, {}, on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 3, .batch = 50, .seed = seed});
    return learned_values(m);
  };
  const auto got = after(TestType{}, 1), expected = after(reference{}, 1);
  CHECK(after(TestType{}, 2) != got);
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}, 1) == got);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-6).margin(1e-9));
}

TEMPLATE_TEST_CASE("the score of a pair is the dot product of its rows, in the order asked", "",
                   BACKENDS) {
  const TestType on;
  const plain_links<TestType, double> m(two_communities(10), {.columns = 3}, {}, on);
  eager<double, TestType> r(on);
  random_streams random;
  const auto z = r.value(m.embeddings(r, random)).to_host(on);
  const std::vector<index> from{9, 0, 4, 0}, to{1, 5, 4, 2};
  const auto score = m.scores_of(from, to);
  REQUIRE(score.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    double dot = 0;
    for (std::size_t j = 0; j < 3; ++j)
      dot +=
          z[3 * static_cast<std::size_t>(from[k]) + j] * z[3 * static_cast<std::size_t>(to[k]) + j];
    CHECK(score[k] == Approx(dot));
  }
  CHECK(m.scores_of({}, {}).empty());
}

TEST_CASE("a link predictor goes on from a checkpoint, and refuses one of other choices") {
  const auto data = two_communities(40);
  const temporary_file file(".checkpoint");
  const auto after = [&](offset epochs, const std::string& path, bool resume) {
    normed_links m(data, {.hidden = 8});
    fit(m, adam{.rate = 0.02f},
        {.epochs = epochs,
         .batch = 50,
         .checkpoint = {.path = path, .every_steps = 1, .resume = resume}});
    const std::vector<index> from{0, 1, 2}, to{5, 6, 7};
    return std::pair(learned_values(m), m.scores_of(from, to));
  };
  after(2, file.path(), false);
  CHECK(after(4, file.path(), true) == after(4, "", false));
  normed_links other(data, {.hidden = 8, .layers = 3});
  CHECK_THROWS_AS(
      fit(other, adam{}, {.epochs = 4, .batch = 50, .checkpoint = {.path = file.path()}}),
      file_error);
}

TEST_CASE("what a link predictor's layers are is part of its identity") {
  const auto data = two_communities(40);
  gcn other;
  other.step<with_dropout>().rate = 0.25f;
  CHECK(link_predictor<cpu>(data).identity() == link_predictor<cpu>(data).identity());
  CHECK(link_predictor<cpu>(data, {}, other).identity() != link_predictor<cpu>(data).identity());
}

TEST_CASE("one layer predicts links from the features alone") {
  const auto split = hold_out_edges(two_communities(), 0.2f);
  plain_links<cpu, float> m(split.train, {.layers = 1});
  fit(m, adam{.rate = 0.02f}, {.epochs = 100});
  CHECK(evaluate(m, split.held_out, area_under_curve{})["area_under_curve"] > 0.65);
}

TEST_CASE("a link predictor says what it expects") {
  const auto data = two_communities(12);
  using links = plain_links<cpu, float>;
  CHECK_THROWS_WITH(links(data, {.hidden = 0}),
                    "link_predictor: hidden: expected at least 1, got 0");
  CHECK_THROWS_WITH(links(data, {.columns = 0}),
                    "link_predictor: columns: expected at least 1, got 0");
  CHECK_THROWS_WITH(links(data, {.input_dropout = -0.5f}),
                    "link_predictor: input_dropout: expected 0 to below 1, got -0.5");
  CHECK_THROWS_WITH(links(data, {.l2 = -1}), "link_predictor: l2: expected at least 0, got -1");
  CHECK_THROWS_WITH(links(data, {.layers = 0}),
                    "link_predictor: layers: expected at least 1, got 0");
  auto none = data;
  none.from.clear();
  none.to.clear();
  CHECK_THROWS_WITH(links(none), "link_predictor: edges: expected at least 1, got 0");
  none.nodes = 2;
  none.feature_begin.resize(3);
  none.feature.resize(2);
  none.value.resize(2);
  none.label.resize(2);
  none.from = {1};
  none.to = {0};
  CHECK_THROWS_WITH(links(none), "link_predictor: non-edges: expected at least 1, got 0");
  const links m(data);
  using ids = std::vector<index>;
  CHECK_THROWS_WITH(m.scores_of(ids{0, 12}, ids{1, 2}),
                    "graph: row of entry 1: expected 0 to 11, got 12");
  CHECK_THROWS_WITH(m.scores_of(ids{3, 3}, ids{1, 1}),
                    "graph: edge (3, 1): expected once, got it again");
}

TEST_CASE("a link predictor that has diverged scores nothing") {
  plain_links<cpu, float> m(two_communities(), {.layers = 1});
  for_each_parameter(m, [&](const std::string&, auto& p) {
    m.on().fill(p.value.data(), p.value.size(), std::numeric_limits<float>::quiet_NaN());
  });
  const std::vector<index> from{4}, to{5};
  CHECK_THROWS_WITH(m.scores_of(from, to),
                    "link_predictor: pair of node 4: scores: expected finite numbers, got nan");
}

}  // namespace filigree
