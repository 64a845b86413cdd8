// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "nn/policy_check.hpp"
#include <filigree/nn/conv/gin.hpp>
#include <filigree/nn/conv/graph_conv.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/nn/edges/learned_edges.hpp>

#include <cmath>
#include <concepts>
#include <optional>
#include <vector>

namespace filigree {

namespace {
/// A graph for a layer: with loops where the layer wants them.
template <backend B>
graph<B> graph_for(const B& on, bool loops) {
  std::vector<index> a{0, 0, 0, 0, 0, 1, 2, 3, 5, 7, 6, 8}, b{1, 2, 3, 4, 9, 2, 3, 5, 8, 10, 9, 10};
  if (loops)
    for (index v = 0; v < 12; ++v) {
      a.push_back(v);
      b.push_back(v);
    }
  return graph<B>::undirected(on, 12, a, b);
}

/// One layer on the small graph, from a matrix or from sparse features.
template <class Layer, class T, backend B>
class layer_run {
 public:
  explicit layer_run(const B& on, const Layer& policy = {}, offset out = 8, bool sparse = false,
                     bool bound = true, bool head = false)
      : on_(on),
        sparse_(sparse),
        graph_(graph_for(on, Layer::loops)),
        features_(small_features<T>(on)),
        x_(normal_parameter<T>(on, {12, 5}, 3)),
        layer_(policy, on,
               {.in = 5,
                .out = out,
                .sparse = sparse,
                .head = head,
                .seed = 12,  // no relu of GIN near its kink
                .of = bound ? &graph_ : nullptr}) {
    shake(on, layer_);
  }
  template <recorder R>
  typename R::var operator()(R& r, const row_set<B>* only = nullptr) const {
    random_streams random(5, 3);
    const auto x = sparse_ ? activation<R>(r, features_) : activation<R>(r.leaf(x_));
    return layer_(r, graph_, x, random, only);
  }
  template <recorder R>
  typename R::var operator()(R& r, const sampled_block<B>& b) const {
    random_streams random(5, 3);
    return layer_(r, drawn_view<R>{&b}, activation<R>(detail::take(r, &b.sources, r.leaf(x_))),
                  random);
  }
  /// A block of some nodes, of which each draws at most `fanout` neighbors.
  sampled_block<B> block(const std::vector<index>& nodes, offset fanout,
                         std::uint64_t stream) const {
    return std::move(neighbor_sampler<B>(graph_, {fanout}).draw(on_, nodes, {9, stream})[0]);
  }
  std::vector<T> inferred(const sampled_block<B>& b) const {
    eager<T, B> r(on_);
    return r.value((*this)(r, b)).to_host(on_);
  }
  std::vector<T> inferred(const row_set<B>* only = nullptr) const {
    eager<T, B> r(on_);
    return r.value((*this)(r, only)).to_host(on_);
  }
  std::vector<T> learned() const {
    tape<T, B> r(on_);
    return r.value((*this)(r)).to_host(on_);
  }
  template <class... Block>
  double gradient_error(const Block&... block) {
    return parameter_error(
        on_,
        [&](const auto& f) {
          for_each_parameter(layer_, f);
          if (!sparse_) f("x", x_);
        },
        [&](auto& r) { return (*this)(r, block...); });
  }
  auto& layer() { return layer_; }
  parameter<T, B>& x() { return x_; }

 private:
  B on_;
  bool sparse_;
  graph<B> graph_;
  sparse_features<T, B> features_;
  parameter<T, B> x_;
  typename Layer::template state<T, B> layer_;
};

template <class... Steps>
using gcn_with = graph_conv<fixed_edges, sum_neighbors, linear_update, Steps...>;
template <class Layer>
Layer with_hops(int count, float restart) {
  Layer layer;
  layer.aggregate = {count, restart};
  return layer;
}

/// f(name, layer) for every layer, edge policy, aggregate, update and step.
template <class F>
void each_layer(const F& f) {
  f("gcn", gcn{});
  f("sage", sage{});
  f("sage_max", sage_max{});
  gat attention;
  attention.edges.heads = 4;
  attention.edges.dropout = 0.3f;
  f("gat", attention);
  f("gin", gin{});
  f("sgc", with_hops<sgc>(3, 0));
  f("restart", with_hops<sgc>(2, 0.2f));
  f("no hops", with_hops<sgc>(0, 0));
  f("adaptive", graph_conv<adaptive_edges, mean_neighbors, own_update, with_layer_norm>{});
  f("residual", gcn_with<with_bias, with_residual>{});
}
}  // namespace

TEMPLATE_TEST_CASE("every layer agrees with differences, from a matrix and sparse features", "",
                   BACKENDS) {
  const TestType on;
  each_layer([&](const char* name, const auto& layer) {
    using Layer = std::remove_cvref_t<decltype(layer)>;
    for (const bool sparse : {false, true}) {
      INFO(name << (sparse ? ", sparse" : ""));
      CHECK(layer_run<Layer, double, TestType>(on, layer, 8, sparse).gradient_error() < 1e-6);
    }
  });
}

TEMPLATE_TEST_CASE("every layer gives what reference gives, in the same bits for any threads", "",
                   BACKENDS) {
  each_layer([&](const char* name, const auto& layer) {
    using Layer = std::remove_cvref_t<decltype(layer)>;
    INFO(name);
    const auto expected = layer_run<Layer, double, reference>(reference{}, layer).learned();
    const auto got = layer_run<Layer, double, TestType>(TestType{}, layer).learned();
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-12));
    if constexpr (std::same_as<TestType, cpu>)
      CHECK(got == layer_run<Layer, double, cpu>(cpu{1}, layer).learned());
  });
}

// 0 - 1 with loops: each has two neighbors.
TEMPLATE_TEST_CASE("gcn takes the mean of neighbors whose degrees are equal", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g =
      graph<B>::undirected(on, 2, std::vector<index>{0, 0, 1}, std::vector<index>{0, 1, 1});
  gcn::state<T, B> layer(gcn{}, on, {.in = 1, .out = 1, .of = &g});
  for_each_parameter(layer, [&](const std::string& name, auto& p) {
    on.fill(p.value.data(), 1, name == "weight" ? T(2) : T(10));
  });
  const parameter<T, B> x(matrix<T, B>(on, std::vector<T>{1, 5}, {2, 1}));
  eager<T, B> r(on);
  random_streams random;
  const auto y = r.value(layer(r, g, activation<eager<T, B>>(r.leaf(x)), random)).to_host(on);
  CHECK(static_cast<double>(y[0]) == Approx(16));
  CHECK(static_cast<double>(y[1]) == Approx(16));
}

TEMPLATE_TEST_CASE("a layer of some rows gives what the layer gives there", "", BACKENDS) {
  const TestType on;
  const std::vector<index> ids{1, 4, 11};
  const auto given = on.upload(std::span<const index>(ids));
  const auto only = make_row_set(on, given.data(), 3, 12);
  each_layer([&](const char* name, const auto& layer) {
    using Layer = std::remove_cvref_t<decltype(layer)>;
    INFO(name);
    const layer_run<Layer, double, TestType> run(on, layer);
    const auto all = run.inferred(), some = run.inferred(&only);
    REQUIRE(some.size() == 24);
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t j = 0; j < 8; ++j)
        CHECK(some[8 * k + j] == Approx(all[8 * static_cast<std::size_t>(ids[k]) + j]));
  });
}

TEMPLATE_TEST_CASE("a layer of a block that has all neighbors gives what the graph gives", "",
                   BACKENDS) {
  const TestType on;
  const std::vector<index> ids{1, 4, 11};
  each_layer([&](const char* name, const auto& layer) {
    using Layer = std::remove_cvref_t<decltype(layer)>;
    if constexpr (Layer::template state<double, TestType>::can_sample) {
      INFO(name);
      const layer_run<Layer, double, TestType> run(on, layer);
      const auto all = run.inferred(), some = run.inferred(run.block(ids, -1, 1));
      REQUIRE(some.size() == 24);
      for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t j = 0; j < 8; ++j)
          CHECK(some[8 * k + j] == Approx(all[8 * static_cast<std::size_t>(ids[k]) + j]));
    }
  });
  CHECK(gin::state<double, TestType>::can_sample);
  CHECK(!sgc::state<double, TestType>::can_sample);
}

TEMPLATE_TEST_CASE("a layer of a block agrees with differences and with reference", "", BACKENDS) {
  const TestType on;
  const std::vector<index> ids{0, 2, 5, 9, 10};
  each_layer([&](const char* name, const auto& layer) {
    using Layer = std::remove_cvref_t<decltype(layer)>;
    if constexpr (Layer::template state<double, TestType>::can_sample) {
      INFO(name);
      layer_run<Layer, double, TestType> run(on, layer);
      const layer_run<Layer, double, reference> slow(reference{}, layer);
      const auto block = run.block(ids, 2, 4);
      const auto got = run.inferred(block), expected = slow.inferred(slow.block(ids, 2, 4));
      REQUIRE(got.size() == expected.size());
      for (std::size_t i = 0; i < got.size(); ++i)
        CHECK(got[i] == Approx(expected[i]).margin(1e-12));
      CHECK(run.gradient_error(block) < 1e-6);
    }
  });
}

// Nothing bends what arrives at these layers, so that its mean over many draws is what arrives from
// all neighbors.
TEST_CASE("a sum over drawn neighbors is that over all on average, and so is a mean") {
  const reference on;
  const std::vector<index> hub{0};
  const auto check = [&](const auto& layer) {
    using Layer = std::remove_cvref_t<decltype(layer)>;
    const layer_run<Layer, double, reference> run(on, layer);
    std::vector<double> mean(8);
    const std::uint64_t draws = 4000;
    for (std::uint64_t s = 0; s < draws; ++s) {
      const auto y = run.inferred(run.block(hub, 2, s));
      for (std::size_t j = 0; j < 8; ++j) mean[j] += y[j] / static_cast<double>(draws);
    }
    const auto all = run.inferred();
    for (std::size_t j = 0; j < 8; ++j) CHECK(mean[j] == Approx(all[j]).margin(0.1));
  };
  check(gcn_with<with_bias>{});
  check(graph_conv<equal_edges, sum_neighbors, own_update>{});
  check(graph_conv<equal_edges, mean_neighbors, own_update>{});
}

TEST_CASE("a layer made for any graph gives what one made for the graph gives") {
  const reference on;
  CHECK(layer_run<gcn, double, reference>(on, {}, 8, false, true).inferred() ==
        layer_run<gcn, double, reference>(on, {}, 8, false, false).inferred());
  using adaptive = graph_conv<adaptive_edges, sum_neighbors, own_update>;
  CHECK(layer_run<adaptive, double, reference>(on, {}, 8, false, true).inferred() ==
        layer_run<adaptive, double, reference>(on, {}, 8, false, false).inferred());
  const layer_run<gcn, double, reference> one(on, {}, 8, false, true), any(on, {}, 8, false, false);
  CHECK(any.inferred(any.block({1}, 2, 1)) == one.inferred(one.block({1}, 2, 1)));
  auto alone = any.block({1}, 2, 1);
  alone.of = nullptr;
  CHECK_THROWS_WITH(any.inferred(alone),
                    "gated_view: a sampled block: expected the graph that it is of, got none");
  const std::string refused =
      "graph_conv: edges: expected ones that can weigh any graph, got ones made for one";
  using learned = graph_conv<learned_edges, sum_neighbors, own_update>;
  CHECK_THROWS_WITH((layer_run<learned, double, reference>(on, {}, 8, false, false)), refused);
  adaptive averages;
  averages.edges.ema_decay = 0.5f;
  CHECK_THROWS_WITH((layer_run<adaptive, double, reference>(on, averages, 8, false, false)),
                    refused);
}

TEST_CASE("a layer that scores classes has a bias, but no activation and no dropout") {
  const reference on;
  using run = layer_run<gcn, double, reference>;
  const run head(on, {}, 3, false, true, true);
  CHECK(head.learned() == head.inferred());
  bool negative = false;
  for (const double y : head.inferred()) negative = negative || y < 0;
  CHECK(negative);
  const run hidden(on, {}, 3);
  CHECK(hidden.learned() != hidden.inferred());
  gat attention;
  attention.edges.heads = 4;
  layer_run<gat, double, reference> one(on, attention, 3, false, true, true);  // one head
  CHECK(one.inferred().size() == 36);
}

TEST_CASE("attention heads must share the columns evenly") {
  CHECK_THROWS_WITH((layer_run<gat, double, reference>(reference{}, {}, 12)),
                    "attention_edges: heads: expected a divisor of 12 columns, got 8");
  gat none;
  none.edges.heads = 0;
  CHECK_THROWS_WITH((layer_run<gat, double, reference>(reference{}, none)),
                    "attention_edges: heads: expected a divisor of 8 columns, got 0");
  const layer_run<graph_conv<attention_edges, max_neighbors, linear_update>, double, reference>
      largest(reference{});
  CHECK_THROWS_WITH(largest.inferred(),
                    "graph_conv: edges with several heads: expected the sum, got the max");
}

TEST_CASE("a layer refuses a penalty of edges, which it would not add to any loss") {
  graph_conv<adaptive_edges, sum_neighbors, linear_update> penalized;
  penalized.edges.l2 = 0.1f;
  CHECK_THROWS_WITH((layer_run<decltype(penalized), double, reference>(reference{}, penalized)),
                    "graph_conv: edges: l2: expected 0, a layer adds no penalty, got 0.1");
}

TEST_CASE("propagation cannot change the width, and reads a matrix") {
  const reference on;
  CHECK_THROWS_WITH((layer_run<propagate, double, reference>(on, {}, 8)),
                    "no_update: columns of the result: expected 5, got 8");
  const layer_run<propagate, double, reference> sparse(on, {}, 5, true);
  CHECK_THROWS_WITH(sparse.inferred(), "features: expected a matrix, got sparse ones");
  // Node 4 has one neighbor, node 0 with five; node 11 has none.
  layer_run<propagate, double, reference> run(on, {}, 5);
  const auto x = run.x().value.to_host(on), y = run.inferred();
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(y[5 * 4 + j] == Approx(x[j] / std::sqrt(5.0)));
    CHECK(y[5 * 11 + j] == 0);
  }
}

TEST_CASE("hops and restarts out of range are refused") {
  const reference on;
  const layer_run<sgc, double, reference> back(on, with_hops<sgc>(-1, 0));
  CHECK_THROWS_WITH(back.inferred(), "several_hops: count: expected at least 0, got -1");
  const layer_run<sgc, double, reference> all(on, with_hops<sgc>(1, 1));
  CHECK_THROWS_WITH(all.inferred(), "several_hops: restart: expected 0 to below 1, got 1");
  const layer_run<sgc, double, reference> less(on, with_hops<sgc>(1, -0.5f));
  CHECK_THROWS_WITH(less.inferred(), "several_hops: restart: expected 0 to below 1, got -0.5");
}

TEMPLATE_TEST_CASE("batch norm infers with running means, which a frozen layer keeps", "",
                   BACKENDS) {
  const TestType on;
  using layer = gcn_with<with_batch_norm>;
  layer_run<layer, double, TestType> run(on);
  const auto memory = [&] {
    std::vector<double> all;
    for_each_buffer(run.layer(), [&](const std::string&, auto& m) {
      for (const double v : m.to_host(on)) all.push_back(v);
    });
    return all;
  };
  const auto first = memory();
  (void)run.learned();
  CHECK(memory() == first);  // until the step is over
  move_averages(on, run.layer());
  const auto second = memory();
  CHECK(second != first);
  move_averages(on, run.layer());
  CHECK(memory() == second);
  for (int k = 0; k < 200; ++k) {
    (void)run.learned();
    move_averages(on, run.layer());
  }
  // The running variance is that of what the 12 rows are a sample of.
  std::vector<double> shift;
  for_each_parameter(run.layer(), [&](const std::string& name, auto& p) {
    if (name == "norm.shift") shift = p.value.to_host(on);
  });
  const auto learned = run.learned(), inferred = run.inferred();
  for (std::size_t i = 0; i < learned.size(); ++i)
    CHECK(inferred[i] - shift[i % 8] ==
          Approx((learned[i] - shift[i % 8]) * std::sqrt(11.0 / 12)).epsilon(1e-3));

  move_averages(on, run.layer());
  auto host = run.x().value.to_host(on);
  for (auto& v : host) v *= 3;
  run.x().value.from_host(on, host);
  for_each_parameter(run.layer(),
                     [](const std::string& name, auto& p) { p.frozen = name == "norm.gain"; });
  CHECK(run.learned() != run.inferred());  // while the shift learns
  move_averages(on, run.layer());
  const auto settled = memory();
  for_each_parameter(run.layer(), [](const std::string&, auto& p) { p.frozen = true; });
  CHECK(run.learned() == run.inferred());
  move_averages(on, run.layer());
  CHECK(memory() == settled);
}

TEST_CASE("a layer of unscaled edges reads a sampled block of any graph") {
  const reference on;
  graph_conv<fixed_edges, sum_neighbors, own_update> layer{};
  layer.edges.normalize = normalization::none;
  const layer_run<decltype(layer), double, reference> run(on, layer, 8, false, false);
  const auto all = run.inferred(), some = run.inferred(run.block({1, 4}, -1, 1));
  REQUIRE(some.size() == 16);
  for (std::size_t j = 0; j < 8; ++j) {
    CHECK(some[j] == Approx(all[8 * 1 + j]));
    CHECK(some[8 + j] == Approx(all[8 * 4 + j]));
  }
}

TEST_CASE("a residual of the same width adds what the layer read, and learns nothing") {
  const reference on;
  layer_run<gcn_with<with_residual>, double, reference> with(on, {}, 5);
  const layer_run<gcn_with<>, double, reference> without(on, {}, 5);
  const auto x = with.x().value.to_host(on), y = with.inferred(), expected = without.inferred();
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(expected[i] + x[i]));
  std::vector<std::string> names;
  for_each_parameter(with.layer(), [&](const std::string& name, auto&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"weight"});
  CHECK(with.gradient_error() < 1e-6);
}

}  // namespace filigree
