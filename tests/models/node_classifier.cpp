// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include <filigree/autograd/freeze.hpp>
#include <filigree/models/node_classifier.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/train/accuracy.hpp>
#include <filigree/train/early_stopping.hpp>
#include <filigree/train/fit.hpp>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

namespace filigree {

namespace {
template <class M>
std::vector<double> values_of(M& m) {
  std::vector<double> all;
  m.visit([&](const std::string&, auto& p) {
    for (const auto v : p.value.to_host(m.on())) all.push_back(static_cast<double>(v));
  });
  return all;
}
template <class M>
double test_accuracy(M& m, offset epochs) {
  fit(m, adam{.rate = 0.02f}, {.epochs = epochs});
  return evaluate(m, m.data().test, accuracy{})["accuracy"];
}
}  // namespace

static_assert(model<node_classifier<cpu>>);
static_assert(classifier<node_classifier<cpu>>);

TEST_CASE("every layer and every fusion tell camps apart") {
  const auto data = toy::camps_of_nodes();
  const node_classifier_options small{.hidden = 16};
  node_classifier<cpu> of_gcn(data, small);
  CHECK(test_accuracy(of_gcn, 60) > 0.8);
  node_classifier<cpu, sage> of_sage(data, small);
  CHECK(test_accuracy(of_sage, 60) > 0.8);
  node_classifier<cpu, gat> of_gat(data, small);
  CHECK(test_accuracy(of_gat, 60) > 0.8);
  node_classifier<cpu, sgc> of_sgc(data, {.layers = 1, .input_dropout = 0});
  CHECK(test_accuracy(of_sgc, 60) > 0.8);
  node_classifier<cpu, gcn, concat_fusion> of_both(data, small);
  CHECK(test_accuracy(of_both, 60) > 0.8);
  node_classifier<cpu, encoder<sage, concat_layers>, gated_fusion, no_prompt, prototype_head>
      of_all(data, small);
  CHECK(test_accuracy(of_all, 60) > 0.8);
}

TEMPLATE_TEST_CASE("the loss agrees with differences, penalties and prompts included", "",
                   BACKENDS) {
  const TestType on;
  const auto check = [&](auto m) {
    const auto batch = m.sample(1, 0, 0, 100);
    const auto names = [&](const auto& f) {
      m.visit([&](const std::string& name, auto& p) { f(name, p); });
    };
    shake(on, m);
    CHECK(parameter_error(on, names, [&](auto& r) { return m.loss(r, batch); }) < 1e-6);
  };
  const auto data = toy::camps_of_nodes(24);
  const node_classifier_options small{.hidden = 4, .l2 = 0.1f, .l2_rest = 0.2f};
  using plain = gcn;
  check(node_classifier<TestType, plain, no_fusion, no_prompt, conv_head, double>(data, small, {},
                                                                                  {}, {}, {}, on));
  check(node_classifier<TestType, plain, gated_fusion, gpf_plus, linear_head, double>(
      data, small, {}, {}, {.tokens = 2}, {}, on));
  check(node_classifier<TestType, plain, concat_fusion, prompt_nodes, linear_head, double>(
      data, small, {}, {}, {.count = 2}, {}, on));
  check(node_classifier<TestType, plain, no_fusion, gpf, conv_head, double>(data, small, {}, {},
                                                                            {.at = 1}, {}, on));
}

TEST_CASE("the same seed learns the same bits, whatever the number of threads", "<fast>") {
  const auto data = toy::camps_of_nodes();
  const auto after = [&]<class B>(const B& on, std::uint64_t seed) {
    node_classifier<B, gcn, gated_fusion, no_prompt, linear_head, double> m(
        data, {.hidden = 8, .seed = seed}, {}, {}, {}, {}, on);
    fit(m, adam{.rate = 0.02f}, {.epochs = 4, .batch = 13, .seed = seed});
    return values_of(m);
  };
  const auto expected = after(fast{}, 1);
  CHECK(after(fast{}, 2) != expected);
#ifdef __CUDACC__
  const auto on_cpu = after(cpu{}, 1);
#else
  CHECK(after(cpu{1}, 1) == expected);
  CHECK(after(cpu{2}, 1) == expected);
  const auto on_cpu = after(reference{}, 1);
#endif
  REQUIRE(on_cpu.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(expected[i] == Approx(on_cpu[i]).epsilon(1e-6).margin(1e-9));
}

TEST_CASE("scores of some nodes are those of all, with prompt nodes too") {
  const auto data = toy::camps_of_nodes(30);
  const auto check = [&](const auto& m) {
    using M = std::remove_cvref_t<decltype(m)>;
    const auto part =
        detail::make_part(m.on(), {4, 1, 29}, m.labels(), 30, m.scored_graph().rows(), m.classes());
    eager<typename M::scalar, cpu> r(m.on());
    pass now;
    const auto all = r.value(m.scores(r, now)).to_host(m.on());
    const auto some = r.value(m.scores(r, now, part.get())).to_host(m.on());
    REQUIRE(all.size() == 90);
    REQUIRE(some.size() == 9);
    const std::vector<std::size_t> ids{1, 4, 29};
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(some[3 * k + c] == Approx(all[3 * ids[k] + c]).margin(1e-6));
  };
  check(node_classifier<cpu>(data));
  check(node_classifier<cpu, sage, gated_fusion>(data));
  check(node_classifier<cpu, gcn, no_fusion, prompt_nodes>(data));
  check(node_classifier<cpu, gcn, concat_fusion, prompt_nodes>(data));
}

TEST_CASE("a frozen backbone gets no gradient work, and only the prompt learns") {
  const auto data = toy::camps_of_nodes(30);
  node_classifier<cpu, gcn, no_fusion, gpf_plus> m(data, {.hidden = 8});
  const auto before = values_of(m);
  freeze(m, "");
  freeze(m, "prompt.", false);
  CHECK(count_parameters(m).trained == 2 * 8 * 12);
  CHECK(count_parameters(m, "prompt.").all == 2 * 8 * 12);
  CHECK(count_parameters(m).all == 12 * 8 + 8 + 8 * 3 + 3 + 2 * 8 * 12);
  fit(m, adam{.rate = 0.1f}, {.epochs = 3});
  std::vector<std::string> moved;
  std::size_t at = 0;
  m.visit([&](const std::string& name, auto& p) {
    bool same = true;
    for (const auto v : p.value.to_host(m.on()))
      same = static_cast<double>(v) == before[at++] && same;
    if (!same) moved.push_back(name);
    if (p.frozen) CHECK(p.gradient.size() == 0);
    if (p.frozen) CHECK(p.slots.empty());
  });
  CHECK(moved == std::vector<std::string>{"prompt.key", "prompt.tokens"});
  CHECK_THROWS_WITH(freeze(m, "nobody"),
                    "freeze: parameters: expected names that begin with \"nobody\", got none");
}

TEST_CASE("early stopping leaves a classifier the parameters of its best epoch") {
  const auto data = toy::camps_of_nodes();
  node_classifier<cpu> m(data, {.hidden = 8});
  early_stopping best{m, data.validation, accuracy{}, 1, 10};
  fit(m, adam{.rate = 0.05f}, {.epochs = 60}, best);
  CHECK(evaluate(m, data.validation, accuracy{})["accuracy"] == best.best());
}

TEST_CASE("a node classifier says what it expects") {
  const auto data = toy::camps_of_nodes(30);
  CHECK_THROWS_WITH(node_classifier<cpu>(data, {.hidden = 0}),
                    "node_classifier: hidden: expected at least 1, got 0");
  CHECK_THROWS_WITH(node_classifier<cpu>(data, {.layers = 0}),
                    "node_classifier: layers: expected at least 1, got 0");
  auto none = data;
  none.train.clear();
  CHECK_THROWS_WITH(node_classifier<cpu>(none),
                    "node_classifier: training nodes: expected at least 1, got 0");
  const node_classifier<cpu> m(data);
  CHECK_THROWS_WITH(evaluate(m, {3, 30}, accuracy{}), "evaluate: id: expected 0 to 29, got 30");
  auto unknown = data;
  unknown.label[3] = -1;
  CHECK_THROWS_WITH(evaluate(node_classifier<cpu>(unknown), {3}, accuracy{}),
                    "evaluate: class of 3: expected one, got none");
}

}  // namespace filigree
