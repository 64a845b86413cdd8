// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include <filigree/nn/fusion/fusion.hpp>
#include <filigree/nn/head.hpp>
#include <filigree/nn/pool/readout.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace filigree {

namespace {
template <class Fusion, backend B>
double fusion_error(const B& on, const Fusion& policy = {}) {
  auto node = normal_parameter<double>(on, {6, 3}, 1),
       context = normal_parameter<double>(on, {6, 3}, 2);
  typename Fusion::template state<double, B> fusion(policy, on, {.in = 3, .out = 3});
  shake(on, fusion);
  return parameter_error(
      on,
      [&](const auto& f) {
        for_each_parameter(fusion, f);
        if constexpr (Fusion::needs_node) f("node", node);
        f("context", context);
      },
      [&](auto& r) { return fusion.fuse(r, r.leaf(node), r.leaf(context)); });
}

/// Seven rows in four groups, the third of which is empty; not in the order of the groups.
template <class T, backend B>
groups<T, B> ragged(const B& on) {
  const std::vector<index> group{0, 3, 0, 1, 3, 3, 0};
  return groups<T, B>(on, std::span<const index>(group), 4);
}
template <class Readout, backend B>
double readout_error(const B& on) {
  const auto of = ragged<double>(on);
  auto x = normal_parameter<double>(on, {7, 3}, 5);
  typename Readout::template state<double, B> readout(Readout{}, on, {.in = 3, .out = 3});
  return parameter_error(
      on,
      [&](const auto& f) {
        for_each_parameter(readout, f);
        f("x", x);
      },
      [&](auto& r) { return readout.read(r, of, r.leaf(x)); });
}
template <class Head, backend B>
double head_error(const B& on) {
  auto x = normal_parameter<double>(on, {6, 3}, 5);
  typename Head::template state<double, B> head(Head{}, on, {.in = 3, .out = 4});
  shake(on, head);
  return parameter_error(
      on,
      [&](const auto& f) {
        for_each_parameter(head, f);
        f("x", x);
      },
      [&](auto& r) { return head.scores(r, r.leaf(x)); });
}
}  // namespace

TEMPLATE_TEST_CASE("every fusion agrees with differences", "", BACKENDS) {
  const TestType on;
  CHECK(fusion_error<no_fusion>(on) < 1e-7);
  CHECK(fusion_error<concat_fusion>(on) < 1e-7);
  CHECK(fusion_error<sum_fusion>(on) < 1e-7);
  CHECK(fusion_error<gated_fusion>(on) < 1e-7);
  CHECK(fusion_error<gated_fusion>(on, {.per_feature = true, .start = -1}) < 1e-7);
}

TEMPLATE_TEST_CASE("every readout of ragged groups agrees with differences", "", BACKENDS) {
  const TestType on;
  CHECK(readout_error<sum_readout>(on) < 1e-7);
  CHECK(readout_error<mean_readout>(on) < 1e-7);
  CHECK(readout_error<max_readout>(on) < 1e-7);
  CHECK(readout_error<attention_readout>(on) < 1e-7);
}

TEMPLATE_TEST_CASE("every head agrees with differences", "", BACKENDS) {
  const TestType on;
  CHECK(head_error<linear_head>(on) < 1e-6);
  CHECK(head_error<prototype_head>(on) < 1e-6);
}

// h_v = 1, h_G = 5, w = (1, -1), b = 2: g = sigma(1 - 5 + 2)
TEMPLATE_TEST_CASE("the gate weighs a node against what surrounds it", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  gated_fusion::state<T, B> fusion({}, on, {.in = 1, .out = 1});
  for_each_parameter(fusion, [&](const std::string& name, auto& p) {
    on.fill(p.value.data(), 1, name == "gate.node" ? T(1) : name == "gate.context" ? T(-1) : T(2));
  });
  const matrix<T, B> node(on, std::vector<T>{1}, {1, 1}), context(on, std::vector<T>{5}, {1, 1});
  eager<T, B> r(on);
  const auto y = r.value(fusion.fuse(r, r.constant(node), r.constant(context))).to_host(on);
  const double g = 1 / (1 + std::exp(2.0));
  CHECK(static_cast<double>(y[0]) == Approx(g + 5 * (1 - g)));
}

TEMPLATE_TEST_CASE("readouts of a graph give one row, of an empty one zeros", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto of = ragged<T>(on);
  const matrix<T, B> x(on, std::vector<T>{1, 2, 3, 4, 5, 9, 8}, {7, 1});
  const auto read = [&](auto policy) {
    typename decltype(policy)::template state<T, B> readout(policy, on, {.in = 1, .out = 1});
    eager<T, B> r(on);
    const auto y = r.value(readout.read(r, of, r.constant(x))).to_host(on);
    return std::vector<double>(y.begin(), y.end());
  };
  CHECK(read(sum_readout{}) == std::vector<double>{12, 4, 0, 16});
  CHECK(read(max_readout{}) == std::vector<double>{8, 4, 0, 9});
  const auto mean = read(mean_readout{});
  CHECK(mean[0] == Approx(4));
  CHECK(mean[3] == Approx(16.0 / 3));
  const auto attention = read(attention_readout{});
  CHECK(attention[1] == Approx(4));
  CHECK(attention[2] == 0);
  eager<T, B> r(on);
  const matrix<T, B> z(on, std::vector<T>{10, 20, 30, 40}, {4, 1});
  CHECK(r.value(of.spread(r, r.constant(z))).to_host(on) ==
        std::vector<T>{10, 40, 10, 20, 40, 40, 10});
}

TEST_CASE("a group that is not there is named") {
  const std::vector<index> group{0, 2, 1};
  CHECK_THROWS_WITH((groups<float, reference>(reference{}, std::span<const index>(group), 2)),
                    "groups: group of entry 1: expected 0 to 1, got 2");
}

TEST_CASE("a prototype head refuses a temperature of 0") {
  CHECK_THROWS_WITH(
      (prototype_head::state<float, reference>({.temperature = 0}, {}, {.in = 3, .out = 2})),
      "prototype_head: temperature: expected above 0, got 0");
}

TEST_CASE("a fusion is as wide as it says") {
  const reference on;
  const auto check = [&]<class Fusion>(const Fusion& policy) {
    const typename Fusion::template state<double, reference> fusion(policy, on,
                                                                    {.in = 3, .out = 3});
    eager<double, reference> r(on);
    const auto h = r.constant(matrix<double, reference>::zeros(on, {2, 3}));
    CHECK(r.value(fusion.fuse(r, h, h)).shape() == shape{2, Fusion::columns(3)});
  };
  check(no_fusion{});
  check(concat_fusion{});
  check(sum_fusion{});
  check(gated_fusion{});
}

}  // namespace filigree
