// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/edge_softmax.hpp>

#include <cmath>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("edge_softmax shares one among the edges of a row or of a column", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const double ln3 = std::log(3);
  // Row 0 pulls from columns 0 and 1, row 1 from nothing, row 2 from column 1.
  const graph g(s.on, {3, 3}, std::vector<index>{0, 0, 2}, std::vector<index>{0, 1, 1});
  const auto x = s.drawn({{0, 0}, {ln3, 0}, {5, ln3}});
  check_close(s.forward(edge_softmax{g}, x), {.25, .5, .75, .5, 1, 1});
  const auto d = s.backward(edge_softmax{g}, s.drawn({{1, 0}, {0, 0}, {7, 7}}), x);
  check_close(d[0], {.1875, 0, -.1875, 0, 0, 0});

  const edge_softmax by_column{g, edge_group::column};
  check_close(s.forward(by_column, s.drawn({{7}, {0}, {ln3}})), {1, .25, .75});
}

TEMPLATE_TEST_CASE("edge_softmax survives large scores and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const graph g(s.on, {2, 2}, std::vector<index>{0, 0, 1}, std::vector<index>{0, 1, 1});
  check_close(s.forward(edge_softmax{g}, s.drawn({{5000}, {5000}, {-5000}})), {.5, .5, 1});
  const auto y = s.forward(edge_softmax{g}, s.drawn({{1}, {NAN}, {1}}));
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
  CHECK(y[2] == 1);
}

TEMPLATE_TEST_CASE("a gate takes edges out of the softmax, and learns what they would add", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const double ln3 = std::log(3);
  // Rows 0 and 1 pull from columns 0 and 1 each; nothing passes to row 1.
  const graph g(s.on, {2, 2}, std::vector<index>{0, 0, 1, 1}, std::vector<index>{0, 1, 0, 1});
  const auto x = s.drawn({{0}, {ln3}, {1}, {2}}), m = s.drawn({{1}, {0}, {0}, {0}});
  check_close(s.forward(edge_softmax{g}, x, m), {1, 0, 0, 0});
  const auto d = s.backward(edge_softmax{g}, s.drawn({{5}, {7}, {1}, {1}}), x, m);
  check_close(d[0], {0, 0, 0, 0});
  check_close(d[1], {0, 3 * (7 - 5.0), 0, 0});  // exp(ln 3) / Z = 3
  const auto all = s.drawn({{1}, {1}, {1}, {1}});
  const auto open = s.forward(edge_softmax{g}, x);
  check_close(s.forward(edge_softmax{g}, x, all), {open.begin(), open.end()});
}

TEMPLATE_TEST_CASE(
    "the gradient at the gate of an edge that would overflow the softmax is a number", "",
    EVERYWHERE) {
  const setting<TestType> s;
  // Row 0 pulls from columns 0 and 1; what its second edge would add is beyond any number.
  const graph g(s.on, {2, 2}, std::vector<index>{0, 0}, std::vector<index>{0, 1});
  const auto x = s.drawn({{0}, {1000}}), m = s.drawn({{1}, {0}});
  for (const double dy : {0.0, 3.0}) {
    const auto same = s.backward(edge_softmax{g}, s.drawn({{dy}, {dy}}), x, m);
    check_close(same[0], {0, 0});
    check_close(same[1], {0, 0});
  }
  const auto d = s.backward(edge_softmax{g}, s.drawn({{1}, {4}}), x, m);
  check_close(d[0], {0, 0});
  CHECK(d[1][0] == 0);
  CHECK(d[1][1] > 1e30);
  CHECK(std::isfinite(d[1][1]));
}

TEST_CASE("edge_softmax says how many edges it expects") {
  const graph g(reference{}, {2, 2}, std::vector<index>{0}, std::vector<index>{0});
  CHECK_THROWS_WITH(edge_softmax{g}.shape(sized(2, 1)),
                    "edge_softmax: rows of x: expected 1, got 2");
  CHECK_THROWS_WITH(edge_softmax{g}.shape(sized(1, 1), sized(2, 1)),
                    "edge_softmax: rows of the gate: expected 1, got 2");
  CHECK_THROWS_WITH(edge_softmax{g}.shape(sized(1, 1), sized(1, 2)),
                    "edge_softmax: columns of the gate: expected 1, got 2");
}

OPERATION_CHECK(edge_softmax) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph();
    for (const auto by : {edge_group::row, edge_group::column})
      for (const offset heads : {1, 3}) run(edge_softmax{g, by}, shape{g.edges(), heads});
    auto gate = run.random({g.edges(), 1}, 5);
    auto host = gate.to_host(run.on());
    for (std::size_t e = 0; e < host.size(); ++e)
      host[e] = e % 3 == 1 ? host[e] * 0 : std::abs(host[e]) + 1;
    gate.from_host(run.on(), host);
    run.with(edge_softmax{g}, run.random({g.edges(), 1}, 6), gate);
  });
}

}  // namespace filigree
