// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "graph_classifier_setting.hpp"
#include "nn/parameter_check.hpp"
#include <filigree/optim/adam.hpp>
#include <filigree/train/fit.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("the loss of graphs agrees with differences", "", BACKENDS) {
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
  const auto train = ids_from(0, 12);
  check(plain_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
  check(fused_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
}

TEMPLATE_TEST_CASE("graphs are learned the same, in the same bits for any threads", "", BACKENDS) {
  const auto data = toy::rings_and_stars(20);
  const auto after = [&]<class B>(const B& on) {
    fused_graphs<B, double> m(data, ids_from(0, 20), {.hidden = 4, .layers = 2}, {}, {}, {}, {},
                              on);
    fit(m, adam{.rate = 0.01f}, {.epochs = 2, .batch = 7});
    std::vector<double> all;
    for_each_parameter(m, [&](const std::string&, auto& p) {
      for (const double v : p.value.to_host(on)) all.push_back(v);
    });
    for_each_buffer(m, [&](const std::string&, auto& p) {
      for (const double v : p.to_host(on)) all.push_back(v);
    });
    return all;
  };
  const auto got = after(TestType{}), expected = after(reference{});
  if constexpr (std::same_as<TestType, cpu>) CHECK(after(cpu{1}) == got);
  REQUIRE(got.size() == expected.size());
  // Adam magnifies what rounding leaves of a gradient that is 0.
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-6));
}

}  // namespace filigree
