// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

namespace {
template <class B, class Layers, class Fusion = no_fusion, class Head = conv_head>
using drawing_nodes = node_classifier<B, Layers, Fusion, gpf_plus, Head, double>;

template <class Layer>
Layer without_dropout() {
  Layer layer;
  layer.template step<with_dropout>().rate = 0;
  return layer;
}

/// The loss of a batch and its gradients.
template <class M>
std::vector<double> learned_from(M& m, const typename M::batch& batch) {
  tape<double, typename M::backend_type> r(m.on());
  const auto loss = m.loss(r, batch);
  r.backward(loss);
  auto all = r.value(loss).to_host(m.on());
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const double g : p.gradient.to_host(m.on())) all.push_back(g);
    p.gradient = {};
  });
  return all;
}
}  // namespace

TEMPLATE_TEST_CASE("with all neighbors drawn a step learns what it learns from the graph", "",
                   BACKENDS) {
  const TestType on;
  const auto data = toy::camps_of_nodes(40);
  const auto check = [&]<class M>(std::type_identity<M>, const auto& layer) {
    const auto learned = [&](std::vector<offset> fanouts) {
      M m(data,
          {.hidden = 8,
           .layers = 3,
           .input_dropout = 0,
           .dropout = 0,
           .fanouts = std::move(fanouts)},
          layer, {}, {.at = 1}, {}, on);
      shake(on, m);
      const auto batch = m.sample(1, 2, 1, 5);
      CHECK((batch.sampled != nullptr) == !m.options().fanouts.empty());
      return learned_from(m, batch);
    };
    const auto whole = learned({}), drawn = learned({-1, -1, -1});
    REQUIRE(drawn.size() == whole.size());
    for (std::size_t i = 0; i < drawn.size(); ++i)
      CHECK(drawn[i] == Approx(whole[i]).epsilon(1e-9).margin(1e-12));
  };
  using B = TestType;
  check(std::type_identity<drawing_nodes<B, gcn>>{}, without_dropout<gcn>());
  check(std::type_identity<drawing_nodes<B, sage>>{}, without_dropout<sage>());
  check(std::type_identity<drawing_nodes<B, sage_max, no_fusion, linear_head>>{},
        without_dropout<sage_max>());
  check(std::type_identity<drawing_nodes<B, gat, gated_fusion>>{}, without_dropout<gat>());
  check(std::type_identity<drawing_nodes<B, gcn, gated_fusion, linear_head>>{},
        without_dropout<gcn>());
}

TEMPLATE_TEST_CASE("steps that draw learn the same from the same seed, in the same bits", "",
                   BACKENDS) {
  const auto data = toy::camps_of_nodes();
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    drawing_nodes<B, gcn, gated_fusion> m(data, {.hidden = 8, .fanouts = {2, 3}}, {}, {}, {}, {},
                                          on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 4, .batch = 13, .seed = seed});
    std::vector<double> all;
    for_each_parameter(m, [&](const std::string&, auto& p) {
      for (const double v : p.value.to_host(m.on())) all.push_back(v);
    });
    return all;
  };
  const auto got = after(TestType{}, 1), expected = after(reference{}, 1);
  CHECK(after(TestType{}, 2) != got);
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}, 1) == got);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-6).margin(1e-9));
}

TEST_CASE("a few drawn neighbors are enough to tell camps apart") {
  const auto data = toy::camps_of_nodes();
  drawing_nodes<cpu, gcn> m(data, {.hidden = 16, .fanouts = {3, 3}});
  fit(m, adam{.rate = 0.02f}, {.epochs = 60, .batch = 16});
  CHECK(evaluate(m, data.test, accuracy{})["accuracy"] > 0.8);
  const auto one = m.sample(1, 0, 0, 16), next = m.sample(1, 1, 0, 16);
  CHECK(one.sampled->blocks.size() == 2);
  CHECK(one.sampled->blocks[1].targets.size() == 16);
  CHECK(one.sampled->features.pattern.rows() == one.sampled->blocks[0].sources.size());
  CHECK(learned_from(m, one) == learned_from(m, m.sample(1, 0, 0, 16)));
  CHECK(learned_from(m, one) != learned_from(m, next));
}

}  // namespace filigree
