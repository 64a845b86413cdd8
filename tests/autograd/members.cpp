// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/autograd/freeze.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/backend/reference.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace filigree {

namespace {
using on_type = reference;
using matrix_type = matrix<float, on_type>;

[[nodiscard]] matrix_type column(const std::vector<float>& x) {
  return {on_type{}, std::span<const float>(x), {static_cast<offset>(x.size()), 1}};
}

/// A layer with a norm.
struct layer {
  parameter<float, on_type> weight{column({1, 2})};
  running_average<float, on_type> mean{column({0}), 0.75};

  static void members(auto& self, auto&& see) {
    see("weight", self.weight);
    see("norm.mean", self.mean);
  }
};
/// Edges that learn.
struct edges {
  parameter<float, on_type> logit{column({1, 2, 3})};
  running_average<float, on_type> average{};
  matrix_type codes = column({4, 5, 6});

  static void members(auto& self, auto&& see) {
    see("logit", per_edge(self.logit));
    see("average", per_edge(self.average));
    see("codes", per_edge(buffer(self.codes)));
  }
};
/// A network of all kinds of members.
struct network {
  std::vector<layer> layers{2};
  std::optional<layer> extra{};
  std::tuple<layer, no_members> steps{};
  edges graph{};
  matrix_type table = column({7});

  static void members(auto& self, auto&& see) {
    see("layers", self.layers);
    see("extra", self.extra);
    see("steps", self.steps);
    see("", self.graph);
    see("table", buffer(self.table));
  }
};

template <class M>
[[nodiscard]] std::vector<std::string> parameters_of(M& m) {
  std::vector<std::string> names;
  for_each_parameter(m, [&](const std::string& name, auto& p) {
    static_assert(std::is_const_v<std::remove_reference_t<decltype(p)>> == std::is_const_v<M>);
    names.push_back(name);
  });
  return names;
}
}  // namespace

TEST_CASE("members of parts are called part.member, those of numbered parts by their number") {
  network n;
  using names = std::vector<std::string>;
  CHECK(parameters_of(n) == names{"layers.0.weight", "layers.1.weight", "steps.weight", "logit"});
  CHECK(parameters_of(std::as_const(n)) == parameters_of(n));
  n.extra.emplace();
  CHECK(parameters_of(n) ==
        names{"layers.0.weight", "layers.1.weight", "extra.weight", "steps.weight", "logit"});
  names buffers;
  for_each_buffer(n, [&](const std::string& name, auto&) { buffers.push_back(name); });
  CHECK(buffers == names{"layers.0.norm.mean", "layers.1.norm.mean", "extra.norm.mean",
                         "steps.norm.mean", "average", "codes", "table"});
  names all;
  for_each_value(std::as_const(n),
                 [&](const std::string& name, const matrix_type&) { all.push_back(name); });
  CHECK(all.size() == parameters_of(n).size() + buffers.size());
  freeze(n, "layers.");
  CHECK(count_parameters(n).all == 11);
  CHECK(count_parameters(n).trained == 7);
}

TEST_CASE("a running average moves towards what a step found, if it found anything") {
  const on_type on;
  network n;
  n.layers[1].mean.next = column({8});
  n.graph.average.next = column({1, 2, 3});
  move_averages(on, n);
  CHECK(n.layers[0].mean.value.to_host(on) == std::vector<float>{0});
  CHECK(n.layers[1].mean.value.to_host(on) == std::vector<float>{2});
  CHECK(n.graph.average.value.to_host(on) == std::vector<float>{1, 2, 3});
  move_averages(on, n);
  CHECK(n.layers[1].mean.value.to_host(on) == std::vector<float>{2});
}

TEST_CASE("what has a row for each edge keeps those of the edges that are left") {
  const on_type on;
  network n;
  std::vector<std::string> of_edges;
  for_each_edge_parameter(n, [&](const std::string& name, auto&) { of_edges.push_back(name); });
  CHECK(of_edges == std::vector<std::string>{"logit"});
  const std::vector<offset> kept{0, 2};
  SECTION("an average that has not begun stays empty") {
    keep_edges(on, n, on.upload(std::span<const offset>(kept)));
    CHECK(n.graph.average.value.size() == 0);
  }
  SECTION("one that has begun loses its rows too") {
    n.graph.average.value = column({1, 2, 3});
    n.graph.average.next = column({1, 2, 3});
    keep_edges(on, n, on.upload(std::span<const offset>(kept)));
    CHECK(n.graph.average.value.to_host(on) == std::vector<float>{1, 3});
    CHECK(n.graph.average.next.size() == 0);
  }
  CHECK(n.graph.logit.value.to_host(on) == std::vector<float>{1, 3});
  CHECK(n.graph.codes.to_host(on) == std::vector<float>{4, 6});
  CHECK(n.layers[0].weight.value.rows() == 2);
  CHECK(n.table.rows() == 1);
}

}  // namespace filigree
