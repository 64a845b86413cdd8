// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "temporary_file.hpp"
#include <filigree/autograd/count_left.hpp>
#include <filigree/nn/conv/gin.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/prune/pruner.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

namespace {
/// What is left of a member; edges in both directions.
template <class M>
offset left_of(const M& m, const std::string& name) {
  for (const auto& member : count_left(m))
    if (member.name == name) return member.left;
  FAIL("no member " << name);
  return 0;
}
template <class M>
std::vector<double> everything(M& m) {
  std::vector<double> out;
  const auto take = [&](const auto& matrix) {
    for (const auto x : matrix.to_host(m.on())) out.push_back(static_cast<double>(x));
  };
  for_each_parameter(m, [&](const std::string&, auto& p) {
    take(p.value);
    for (const auto& [name, slot] : p.slots) take(slot);
  });
  for_each_buffer(m, [&](const std::string&, auto& matrix) { take(matrix); });
  return out;
}
void check_close(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(2e-4));
}
const node_data& nodes() {
  static const node_data data = toy::camps_of_nodes();
  return data;
}
std::vector<index> all_nodes() {
  std::vector<index> ids(static_cast<std::size_t>(nodes().nodes));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}
constexpr node_classifier_options small{.hidden = 8, .input_dropout = 0, .dropout = 0};
const training ten_epochs{.epochs = 10};
const pruning to_half{.keep = share{0.5f}, .schedule = prune_every(3, 2)};

/// What a trained node classifier scores, whose edges left or were masked.
template <class B, class Layers>
std::pair<offset, std::vector<float>> pruned_nodes(const Layers& layers, pruning how,
                                                   bool compact) {
  how.compact = compact;
  node_classifier<B, Layers> m(nodes(), small, layers, {}, {}, {}, B{});
  pruner sparser{m, how};
  fit(m, adam{.rate = 1e-2f}, ten_epochs, sparser);
  return {left_of(m, "graph"), m.scores_of(all_nodes())};
}
}  // namespace

TEMPLATE_TEST_CASE("edges leave any layer, and a masked graph gives the same as what is left", "",
                   BACKENDS) {
  const auto check = [](const auto& layers) {
    for (const auto by : {criterion::saliency, criterion::magnitude}) {
      auto how = to_half;
      how.by = by;
      const auto [edges, scores] = pruned_nodes<TestType>(layers, how, true);
      const auto [masked_edges, masked] = pruned_nodes<TestType>(layers, how, false);
      CHECK(edges == 2 * (nodes().edges() / 2));
      CHECK(masked_edges == edges);
      check_close(scores, masked);
    }
  };
  check(gcn{});
  check(sage{});
}

TEMPLATE_TEST_CASE("attention, hops and the largest of neighbors do without masked edges too", "",
                   BACKENDS) {
  const auto check = [](const auto& layers) {
    const auto [edges, scores] = pruned_nodes<TestType>(layers, to_half, true);
    const auto [masked_edges, masked] = pruned_nodes<TestType>(layers, to_half, false);
    CHECK(masked_edges == edges);
    check_close(scores, masked);
  };
  gat attention;
  attention.edges.heads = 4;
  check(attention);
  check(sgc{});
  check(sage_max{});
}

TEMPLATE_TEST_CASE(
    "what a loss depends on an edge is |g w|, summed over its directions and batches", "",
    BACKENDS) {
  const TestType on;
  node_classifier<TestType,
                  graph_conv<equal_edges, sum_neighbors, own_update, with_bias, with_relu>,
                  no_fusion, no_prompt, conv_head, double>
      m(nodes(), small, {}, {}, {}, {}, on);
  const auto batch = m.sample(1, 0, 0, 1000);
  offset partner_of[3]{};
  const offset some[3]{0, 7, 20};
  // The last edge is closed, so that gates make a difference to passes that do not learn.
  const auto set_gate = [&](std::size_t k, double value) {
    for_each_gated_graph(m, [&](const std::string&, auto& graph) {
      const auto partner = detail::fetch(on, graph.pattern().partner(), graph.pattern().edges());
      std::vector<double> gate(partner.size(), 1);
      for (const auto e : {static_cast<std::size_t>(some[k]),
                           static_cast<std::size_t>(partner[static_cast<std::size_t>(some[k])])})
        gate[e] = value;
      gate.back() = gate[static_cast<std::size_t>(partner.back())] = 0;
      partner_of[k] = partner[static_cast<std::size_t>(some[k])];
      graph.set(on, matrix<double, TestType>(on, std::span<const double>(gate),
                                             {graph.pattern().edges(), 1}));
    });
  };
  const auto loss_of = [&](auto& r) {
    random_streams random;
    return r(cross_entropy{batch.part->labels}, m.scores(r, random, batch));
  };
  set_gate(0, 1);
  pruner sparser{m, {.schedule = prune_once(9)}};
  for (int twice = 0; twice < 2; ++twice) {
    tape<double, TestType> r(on);
    r.backward(loss_of(r));
    sparser.on_backward(m, 0);
  }
  const auto score = sparser.score().to_host(on);
  for (std::size_t k = 0; k < 3; ++k) {
    const double h = 1e-5;
    const auto loss_with = [&](double value) {
      set_gate(k, value);
      eager<double, TestType> r(on);
      return r.value(loss_of(r)).to_host(on)[0];
    };
    const auto slope = (loss_with(1 + h) - loss_with(1 - h)) / (2 * h);
    CHECK(score[static_cast<std::size_t>(some[k])] == Approx(2 * std::abs(slope)).margin(1e-6));
    CHECK(score[static_cast<std::size_t>(partner_of[k])] ==
          score[static_cast<std::size_t>(some[k])]);
  }
}

TEMPLATE_TEST_CASE("drawn neighbors are worth what the whole graph's are where all are drawn", "",
                   BACKENDS) {
  const auto scores = [](std::vector<offset> fanouts) {
    auto options = small;
    options.fanouts = std::move(fanouts);
    gcn layer;
    layer.step<with_dropout>().rate = 0;
    node_classifier<TestType> m(nodes(), options, layer);
    pruner sparser{m, {.schedule = prune_once(9)}};
    for (offset step = 0; step < 2; ++step) {
      tape<float, TestType> r(m.on());
      const auto batch = m.sample(1, 0, step, 10);
      r.backward(m.loss(r, batch));
      sparser.on_backward(m, 0);
      sparser.on_step(m, 0);
    }
    return sparser.score().to_host(m.on());
  };
  const auto whole = scores({}), drawn = scores({-1, -1});
  REQUIRE(whole.size() == drawn.size());
  for (std::size_t e = 0; e < whole.size(); ++e) REQUIRE(drawn[e] == Approx(whole[e]).margin(1e-6));
}

TEST_CASE("edges leave while neighbors are drawn, but are not masked") {
  auto options = small;
  options.fanouts = {3, 3};
  auto how = to_half;
  node_classifier<cpu> m(nodes(), options);
  pruner sparser{m, how};
  fit(m, adam{.rate = 2e-2f}, {.epochs = 60}, sparser);
  CHECK(left_of(m, "graph") == 2 * (nodes().edges() / 2));
  CHECK(evaluate(m, nodes().test, accuracy{})["accuracy"] > 0.5);
  how.compact = false;
  node_classifier<cpu> masked(nodes(), options);
  pruner masks{masked, how};
  CHECK_THROWS_WITH(fit(masked, adam{}, ten_epochs, masks),
                    "node_classifier: fanouts: expected edges that leave when they are pruned, got "
                    "masked ones");
}

TEMPLATE_TEST_CASE("links are predicted along the edges that are left", "", BACKENDS) {
  const auto trained = [](criterion by, bool compact) {
    link_predictor<TestType> m(nodes(), {.hidden = 8, .columns = 4});
    auto how = to_half;
    how.by = by;
    how.compact = compact;
    pruner sparser{m, how};
    fit(m, adam{.rate = 1e-2f}, ten_epochs, sparser);
    CHECK(left_of(m, "graph") == 2 * (nodes().edges() / 2));
    return m.scores_of(std::vector<index>{0, 1, 2, 3}, std::vector<index>{5, 6, 7, 8});
  };
  for (const auto by : {criterion::saliency, criterion::magnitude})
    check_close(trained(by, true), trained(by, false));
}

namespace {
template <class B>
using graphs_on = graph_classifier<B, encoder<gin, concat_layers>>;

/// Some graphs of camps, and those to learn from.
std::pair<std::shared_ptr<const graph_set>, std::vector<index>> graphs() {
  static const auto set = toy::rings_and_stars();
  std::vector<index> train;
  for (index g = set->graphs() - 1; g >= 0; --g)
    if (g % 3 != 0) train.push_back(g);
  return {set, train};
}
}  // namespace

TEMPLATE_TEST_CASE("edges of training graphs leave, and batches have those that are left", "",
                   BACKENDS) {
  const auto [set, train] = graphs();
  const auto trained = [&, set = set, train = train](bool compact, criterion by) {
    graphs_on<TestType> m(set, train, {.hidden = 6, .layers = 2, .dropout = 0});
    const auto steps = m.steps(8);
    pruner sparser{
        m, {.by = by, .keep = share{0.5f}, .schedule = prune_every(steps, 2), .compact = compact}};
    fit(m, adam{.rate = 1e-2f}, {.epochs = 4, .batch = 8}, sparser);
    offset in_batches = 0;
    for (offset step = 0; step < steps; ++step) {
      const auto batch = m.sample(1, 0, step, 8);
      in_batches += batch.graphs->adjacency.edges();
    }
    offset all = 0;
    for (const index g : train)
      all += set->edge_begin[static_cast<std::size_t>(g) + 1] -
             set->edge_begin[static_cast<std::size_t>(g)];
    CHECK(left_of(m, "graph") == 2 * (all / 2));
    CHECK(in_batches == (compact ? 2 * (all / 2) : 2 * all));
    std::vector<index> ids(static_cast<std::size_t>(set->graphs()));
    std::iota(ids.begin(), ids.end(), 0);
    return m.scores_of(ids);
  };
  for (const auto by : {criterion::saliency, criterion::magnitude})
    check_close(trained(true, by), trained(false, by));
}

TEST_CASE("a graph classifier that nobody prunes makes no union of its graphs") {
  const auto [set, train] = graphs();
  graphs_on<cpu> m(set, train, {.hidden = 6, .layers = 2});
  CHECK_FALSE(m.sample(1, 0, 0, 8).edges);
}

TEST_CASE("behind a pooling edges leave, but are not masked") {
  const auto [set, train] = graphs();
  using pooled = graph_classifier<cpu, encoder<gin, sum_layers>, sum_readout, no_fusion,
                                  linear_head, float, top_k_pooling>;
  pooled m(set, train, {.hidden = 6, .layers = 2});
  pruner sparser{m, to_half};
  fit(m, adam{}, {.epochs = 4, .batch = 8}, sparser);
  CHECK(left_of(m, "graph") < m.sample(1, 0, 0, 1000).graphs->adjacency.edges() + 1);
  auto how = to_half;
  how.compact = false;
  pooled other(set, train, {.hidden = 6, .layers = 2});
  pruner masks{other, how};
  CHECK_THROWS_WITH(fit(other, adam{}, {.epochs = 4, .batch = 8}, masks),
                    "graph_classifier: pooling: expected edges that leave when they are pruned, "
                    "got masked ones");
}

TEMPLATE_TEST_CASE("weights are masked, come back with undo, and go on from a checkpoint", "",
                   BACKENDS) {
  const pruning weights{.of = {"*weight"},
                        .keep = share{.of = 0.25f, .among = together{.least = 0.1f}},
                        .schedule = prune_every(3, 3),
                        .undoable = true};
  const auto make = [] { return node_classifier<TestType>(nodes(), small); };
  const auto masked = [](auto& m) {
    offset open = 0, all = 0;
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (!name.ends_with("weight")) {
        CHECK(p.mask.size() == 0);
        return;
      }
      all += p.value.size();
      open += left_of(m, name);
      CHECK(left_of(m, name) >= p.value.size() / 10);
    });
    return std::pair(open, all);
  };
  auto m = make();
  pruner sparser{m, weights};
  fit(m, adam{.rate = 1e-2f}, ten_epochs, sparser);
  const auto [open, all] = masked(m);
  CHECK(open == all / 4);

  // What is masked is 0 to the model, and its value is kept.
  const auto before = m.scores_of(all_nodes());
  for_each_parameter(m, [&](const std::string&, auto& p) {
    if (p.mask.size() == 0) return;
    const auto value = p.value.to_host(m.on());
    CHECK(std::count(value.begin(), value.end(), 0.0f) < p.value.size() / 2);
    p.value = masked_value(m.on(), p);
    p.mask = {};
  });
  CHECK(m.scores_of(all_nodes()) == before);

  const temporary_file file(".checkpoint");
  auto first = make(), second = make(), whole = make();
  training plan{.epochs = 10};
  pruner a{whole, weights}, b{first, weights}, c{second, weights};
  fit(whole, adam{.rate = 1e-2f}, plan, a);
  plan.checkpoint = {.path = file.path(), .resume = false};
  plan.epochs = 5;
  fit(first, adam{.rate = 1e-2f}, plan, b);
  plan.checkpoint.resume = true;
  plan.epochs = 10;
  fit(second, adam{.rate = 1e-2f}, plan, c);
  CHECK(everything(second) == everything(whole));
  CHECK(masked(second) == masked(whole));
  a.undo(whole);
  c.undo(second);
  CHECK(masked(second).first > all / 4);
  CHECK(masked(second) == masked(whole));
  CHECK(everything(second) == everything(whole));
}

TEMPLATE_TEST_CASE("two pruners watch one training, of edges and of neurons", "", BACKENDS) {
  node_classifier<TestType> m(nodes(), small);
  pruner edges{m, to_half};
  pruner neurons{m,
                 {.of = {"layers.0.weight"},
                  .keep = count{.of = 3, .among = each{by_column}},
                  .schedule = prune_once(4)}};
  const temporary_file file(".checkpoint");
  fit(m, adam{.rate = 1e-2f}, {.epochs = 10, .checkpoint = {.path = file.path()}}, edges, neurons);
  CHECK(left_of(m, "graph") == 2 * (nodes().edges() / 2));
  CHECK(left_of(m, "layers.0.weight") == 3 * nodes().features);
  node_classifier<TestType> again(nodes(), small);
  pruner same_edges{again, to_half};
  pruner same_neurons{again, neurons.options()};
  fit(again, adam{.rate = 1e-2f}, {.epochs = 10, .checkpoint = {.path = file.path()}}, same_edges,
      same_neurons);
  CHECK(everything(again) == everything(m));
  CHECK(again.scores_of(all_nodes()) == m.scores_of(all_nodes()));
}

TEMPLATE_TEST_CASE("weights that were pruned grow again where the loss asks for them", "",
                   BACKENDS) {
  node_classifier<TestType> m(nodes(), small);
  pruner sparser{m,
                 {.of = {"layers.0.weight"},
                  .keep = share{.of = 0.5f, .regrow = 0.5f},
                  .schedule = prune_every(2, 4)}};
  std::vector<float> earlier;
  bool grew = false;
  adam::state<float, TestType> optimize(adam{.rate = 1e-2f});
  for (offset step = 0; step < 9; ++step) {
    tape<float, TestType> r(m.on());
    const auto batch = m.sample(1, step, 0, 1000);
    r.backward(m.loss(r, batch));
    sparser.on_backward(m, 0);
    for_each_parameter(m, [&](const std::string&, auto& p) { optimize.step(m.on(), p); });
    end_step(m);
    sparser.on_step(m, 0);
    for_each_parameter(m, [&](const std::string& name, auto& p) {
      if (name != "layers.0.weight" || p.mask.size() == 0) return;
      const auto mask = p.mask.to_host(m.on());
      for (std::size_t k = 0; k < earlier.size(); ++k) grew |= earlier[k] == 0 && mask[k] == 1;
      earlier = mask;
    });
  }
  CHECK(grew);
  CHECK(left_of(m, "layers.0.weight") == nodes().features * 8 / 2);
}

}  // namespace filigree
