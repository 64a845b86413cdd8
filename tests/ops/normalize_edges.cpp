// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/normalize_edges.hpp>

#include <cmath>
#include <vector>

namespace filigree {

namespace {
/// The edges (0, 0), (0, 1), (2, 1).
template <backend B>
graph<B> three_edges(const B& on) {
  return {on, {3, 3}, std::vector<index>{0, 0, 2}, std::vector<index>{0, 1, 1}};
}
}  // namespace

TEMPLATE_TEST_CASE("edges are normalized by the weighted degrees of both ends, or of their row", "",
                   EVERYWHERE) {
  const setting<TestType> s;
  const auto g = three_edges(s.on);
  const auto w = s.drawn({{1}, {3}, {6}});  // rows weigh 4, 0, 6; columns 1, 9, 0
  check_close(s.forward(normalize_edges{g}, w), {1 / 2.0, 3 / 6.0, 6 / std::sqrt(54.0)});
  check_close(s.forward(normalize_edges{g, degree_scaling::row}, w), {0.25, 0.75, 1});
}

TEMPLATE_TEST_CASE("a degree of 0 gives 0, and no gradient that is no number", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = three_edges(s.on);
  const auto w = s.drawn({{0}, {0}, {2}}), ones = s.drawn({{1}, {1}, {1}});
  for (const auto by : {degree_scaling::symmetric, degree_scaling::row}) {
    check_close(s.forward(normalize_edges{g, by}, w), {0, 0, 1});
    const auto back = s.backward(normalize_edges{g, by}, ones, w);
    for (const auto d : back[0]) CHECK(std::isfinite(d));
  }
}

TEMPLATE_TEST_CASE("detached degrees are constants to the gradient", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = three_edges(s.on);
  const auto w = s.drawn({{1}, {3}, {6}}), dy = s.drawn({{1}, {1}, {2}});
  check_close(s.backward(normalize_edges{g, degree_scaling::row, true}, dy, w)[0],
              {1 / 4.0, 1 / 4.0, 2 / 6.0});
  // With them, a row whose weights all grow alike stays as it is.
  check_close(s.backward(normalize_edges{g, degree_scaling::row}, dy, w)[0], {0, 0, 0});
}

TEMPLATE_TEST_CASE("a weight below 0 cannot be normalized", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = three_edges(s.on);
  CHECK_THROWS_WITH(
      s.forward(normalize_edges{g}, s.drawn({{1}, {-3}, {6}})),
      Catch::StartsWith("normalize_edges: weight of edge 1: expected at least 0, got -3"));
  CHECK_THROWS_WITH(s.forward(normalize_edges{g}, s.drawn({{1}, {3}, {NAN}})),
                    Catch::Contains("weight of edge 2"));
}

TEST_CASE("normalize_edges says what does not fit") {
  const reference on;
  const auto g = three_edges(on);
  CHECK_THROWS_WITH(normalize_edges{g}.shape(sized(2, 1)),
                    "normalize_edges: rows of w: expected 3, got 2");
  CHECK_THROWS_WITH(normalize_edges{g}.shape(sized(3, 2)),
                    "normalize_edges: columns of w: expected 1, got 2");
}

OPERATION_CHECK(normalize_edges) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph(), u = run.random_undirected();
    for (const auto* on_what : {&g, &u}) {
      auto w = run.random({on_what->edges(), 1}, 3);
      auto host = w.to_host(run.on());
      for (auto& x : host) x = std::abs(x) + decltype(x + x)(0.1);
      w.from_host(run.on(), host);
      for (const auto by : {degree_scaling::symmetric, degree_scaling::row})
        run.with(normalize_edges{*on_what, by}, w);
      if (run.choose(0, 1)) run.with(normalize_edges{*on_what, degree_scaling::symmetric, true}, w);
    }
  });
}

}  // namespace filigree
