// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
#include "graph_classifier_setting.hpp"
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
  const auto check = [&](auto m) { CHECK(loss_error(on, m, 6) < 1e-6); };
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
    auto all = values_of(m);
    for_each_buffer(m, [&](const std::string&, auto& p) {
      for (const double v : p.to_host(on)) all.push_back(v);
    });
    return all;
  };
  // Adam magnifies what rounding leaves of a gradient that is 0.
  (void)learned_alike<TestType>(after, 1e-5, 1e-6);
}

}  // namespace filigree
