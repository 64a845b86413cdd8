// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "tasks/camps.hpp"
#include "tasks/random_interactions.hpp"
#include "temporary_file.hpp"
#include <filigree/autograd/one_of.hpp>
#include <filigree/backend/cpu.hpp>
#include <filigree/nn/edges/adaptive_edges.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/serve/saved_network.hpp>
#include <filigree/tasks/graph_classifier.hpp>
#include <filigree/tasks/lightgcn.hpp>
#include <filigree/tasks/link_predictor.hpp>
#include <filigree/tasks/node_classifier.hpp>
#include <filigree/train/fit.hpp>

#include <span>
#include <string>
#include <vector>

namespace filigree {

namespace {
using any_layer = one_of<gcn, sage, gat, sgc>;
using any_fusion = one_of<no_fusion, concat_fusion, gated_fusion>;
using any_prompt = one_of<no_prompt, gpf_plus>;
using any_head = one_of<linear_head, prototype_head>;

/// Trains both, which then must be the same to the bit, in what a checkpoint must agree with, and
/// in their files.
template <class Chosen, class Fixed>
void check_same(Chosen chosen, Fixed fixed) {
  for (int run = 0; run < 2; ++run) {
    CHECK(chosen.identity() == fixed.identity());
    fit(chosen, adam{.rate = 1e-2f}, {.epochs = 3});
    fit(fixed, adam{.rate = 1e-2f}, {.epochs = 3});
  }
  std::vector<std::string> names[2];
  std::vector<std::vector<float>> values[2];
  for_each_value(chosen, [&](const std::string& name, const auto& m) {
    names[0].push_back(name);
    values[0].push_back(m.to_host(chosen.on()));
  });
  for_each_value(fixed, [&](const std::string& name, const auto& m) {
    names[1].push_back(name);
    values[1].push_back(m.to_host(fixed.on()));
  });
  CHECK(names[0] == names[1]);
  CHECK(values[0] == values[1]);
}
/// And each reads what the other writes.
template <class Chosen, class Fixed>
void check_files(const Chosen& chosen, const Fixed& fixed, const auto& data) {
  const temporary_file one(".network"), other(".network");
  save(chosen, one.path());
  save(fixed, other.path());
  CHECK(load<Fixed>(one.path()).predict(data) == fixed.predict(data));
  CHECK(load<Chosen>(other.path()).predict(data) == fixed.predict(data));
}
}  // namespace

TEST_CASE("a layer, a fusion, a prompt and a head that are chosen at run time are what they are") {
  const auto data = toy::camps_of_nodes();
  const auto check = [&](auto layer, auto fusion, auto prompt) {
    using L = decltype(layer);
    using F = decltype(fusion);
    using P = decltype(prompt);
    const node_classifier_options options{.hidden = 8};
    check_same(node_classifier<cpu, any_layer, any_fusion, any_prompt>(data, options, layer, fusion,
                                                                       prompt),
               node_classifier<cpu, L, F, P>(data, options, layer, fusion, prompt));
  };
  check(gcn{}, no_fusion{}, no_prompt{});
  check(sage{}, gated_fusion{.start = -1}, no_prompt{});
  check(gat{}, concat_fusion{}, gpf_plus{.tokens = 2, .at = 1});
  const node_classifier<cpu, one_of<gcn, sgc>, any_fusion, no_prompt, any_head> chosen(
      data, {.hidden = 8}, {}, {}, {}, prototype_head{.temperature = 0.5f});
  const node_classifier<cpu, gcn, no_fusion, no_prompt, prototype_head> fixed(
      data, {.hidden = 8}, {}, {}, {}, {.temperature = 0.5f});
  check_same(chosen, fixed);
  check_files(chosen.network(), fixed.network(), data);
}

TEST_CASE("a readout and a jump that are chosen at run time are what they are") {
  const auto data = toy::rings_and_stars();
  std::vector<index> train(40);
  for (std::size_t k = 0; k < train.size(); ++k) train[k] = static_cast<index>(k);
  const auto check = [&](auto jump, auto readout, auto fusion) {
    using any_layers = encoder<gin, one_of<concat_layers, last_layer>>;
    using any_readout = one_of<sum_readout, attention_readout>;
    using layers = encoder<gin, decltype(jump)>;
    const graph_classifier_options options{.hidden = 8, .layers = 2};
    graph_classifier<cpu, any_layers, any_readout, any_fusion> chosen(
        data, train, options, {.conv = {}, .jump = jump}, readout, fusion);
    graph_classifier<cpu, layers, decltype(readout), decltype(fusion)> fixed(data, train, options,
                                                                             {}, readout, fusion);
    check_same(chosen, fixed);
    check_files(chosen.network(), fixed.network(), *data);
  };
  check(concat_layers{}, sum_readout{}, no_fusion{});
  check(last_layer{}, attention_readout{}, gated_fusion{});
}

TEST_CASE("a layer of a link predictor and edges of LightGCN can be chosen at run time") {
  const auto data = toy::camps_of_nodes();
  check_same(link_predictor<cpu, any_layer>(data, {.hidden = 8}, sage{}),
             link_predictor<cpu, sage>(data, {.hidden = 8}));
  using edges = one_of<fixed_edges, adaptive_edges>;
  const auto train = random_interactions(40, 30);
  const lightgcn_options options{.dim = 8, .layers = 2};
  check_same(lightgcn<cpu, edges>(train, options), lightgcn<cpu>(train, options));
  check_same(lightgcn<cpu, edges>(train, options, adaptive_edges{.temperature = 0.5f, .l2 = 0.1f}),
             lightgcn<cpu, adaptive_edges>(train, options, {.temperature = 0.5f, .l2 = 0.1f}));
}

TEST_CASE("only a chosen layer that can do with a sample is given one") {
  const auto data = toy::camps_of_nodes();
  using classifier = node_classifier<cpu, any_layer>;
  const node_classifier_options sampled{.hidden = 8, .fanouts = {3, 3}};
  check_same(classifier(data, sampled, sage{}), node_classifier<cpu, sage>(data, sampled));
  CHECK_THROWS_WITH(classifier(data, sampled, sgc{}),
                    Catch::Contains("fanouts: expected none with layers"));
  const classifier whole(data, {.hidden = 8, .layers = 2}, sgc{});
  CHECK(whole.scores_of(std::vector<index>{1}).size() == 3);  // of the whole graph
  classifier other(data, sampled, sage{});
  const auto drawn = other.sample(1, 0, 0, 16);
  eager<float, cpu> r(whole.on());
  random_streams random;
  CHECK_THROWS_WITH(whole.network().forward(r, *drawn.sampled, random),
                    Catch::Contains("a sampled block: expected edges and an aggregate"));
}

TEST_CASE("a file with a policy that cannot be chosen says which can") {
  const auto data = toy::camps_of_nodes();
  const temporary_file file(".network");
  save(node_classifier<cpu, sage>(data, {.hidden = 8}).network(), file.path());
  using network = node_classifier<cpu, one_of<gcn, sgc>>::network_type;
  CHECK_THROWS_WITH(load<network>(file.path()),
                    Catch::Contains("network/parts/layers: expected graph_conv<fixed_edges,") &&
                        Catch::Contains(" or graph_conv<fixed_edges,several_hops,") &&
                        Catch::EndsWith("got graph_conv of other parts"));
}

}  // namespace filigree
