// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/parameter_check.hpp"
#include "pooled_graphs_setting.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("the loss of pooled graphs agrees with differences", "", BACKENDS) {
  const TestType on;
  const auto data = toy::rings_and_stars(12);
  const auto check = [&](auto m) {
    const auto batch = m.sample(1, 0, 0, 6);
    shake(on, m);
    CHECK(parameter_error(
              on,
              [&](const auto& f) {
                for_each_parameter(m, [&](const std::string& name, auto& p) { f(name, p); });
              },
              [&](auto& r) { return m.loss(r, batch); }) < 1e-6);
  };
  const graph_classifier_options small{.hidden = 3, .layers = 2};
  const auto train = graph_ids(0, 12);
  check(top_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on, {.ratio = 0.6f}));
  check(clustered_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
}

TEMPLATE_TEST_CASE("pooled graphs are learned the same, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = toy::rings_and_stars(20);
  const auto after = [&]<class B>(const B& on) {
    top_graphs<B, double> m(data, graph_ids(0, 20), {.hidden = 4, .layers = 2}, {}, {}, {}, {}, on);
    fit(m, adam{.rate = 0.01f}, {.epochs = 2, .batch = 7});
    std::vector<double> all;
    for_each_parameter(m, [&](const std::string&, auto& p) {
      for (const double v : p.value.to_host(on)) all.push_back(v);
    });
    return all;
  };
  const auto got = after(TestType{}), expected = after(reference{});
  CHECK(after(TestType{}) == got);
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}) == got);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-6));
}

}  // namespace filigree
