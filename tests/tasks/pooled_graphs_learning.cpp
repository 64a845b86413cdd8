// SPDX-License-Identifier: Apache-2.0
#include "camps.hpp"
#include "catch.hpp"
#include "everywhere.hpp"
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
  const auto check = [&](auto m) { CHECK(loss_error(on, m, 6) < 1e-6); };
  const graph_classifier_options small{.hidden = 3, .layers = 2};
  const auto train = ids_from(0, 12);
  check(top_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on, {.ratio = 0.6f}));
  check(clustered_graphs<TestType, double>(data, train, small, {}, {}, {}, {}, on));
}

TEMPLATE_TEST_CASE("pooled graphs are learned the same, in the same bits for any threads", "",
                   BACKENDS) {
  const auto data = toy::rings_and_stars(20);
  const auto after = [&]<class B>(const B& on) {
    top_graphs<B, double> m(data, ids_from(0, 20), {.hidden = 4, .layers = 2}, {}, {}, {}, {}, on);
    fit(m, adam{.rate = 0.01f}, {.epochs = 2, .batch = 7});
    return values_of(m);
  };
  const auto got = learned_alike<TestType>(after, 1e-5, 1e-6);
  CHECK(after(TestType{}) == got);
}

}  // namespace filigree
