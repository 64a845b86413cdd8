// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "drawn_graph.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/spmm.hpp>
#include <filigree/tensor/fetch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace filigree {

TEMPLATE_TEST_CASE("spmm sums weighted rows along edges", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = drawn_graph(s.on);
  const auto w = s.drawn({{1}, {2}, {3}}), x = s.drawn({{1, 10}, {2, -20}, {3, 30}});
  check_close(s.forward(spmm{g}, w, x), {5, -30, 0, 0, 6, -60});
  const auto d = s.backward(spmm{g}, s.drawn({{1, 10}, {7, 7}, {100, 1000}}), w, x);
  check_close(d[0], {101, -198, -19800});
  check_close(d[1], {1, 10, 302, 3020, 0, 0});
}

TEMPLATE_TEST_CASE("spmm takes the mean over the edges of a row", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = drawn_graph(s.on);
  const auto w = s.drawn({{1}, {2}, {3}}), x = s.drawn({{1, 10}, {2, -20}, {3, 30}});
  const spmm mean{g, reduction::mean};
  check_close(s.forward(mean, w, x), {2.5, -15, 0, 0, 6, -60});
  const auto d = s.backward(mean, s.drawn({{1, 10}, {7, 7}, {100, 1000}}), w, x);
  check_close(d[0], {50.5, -99, -19800});
  check_close(d[1], {.5, 5, 301, 3010, 0, 0});
}

TEMPLATE_TEST_CASE("spmm takes the maximum and passes its gradient to the winner", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = drawn_graph(s.on);
  const auto w = s.drawn({{1}, {2}, {3}}), x = s.drawn({{1, 10}, {2, -20}, {3, 30}});
  const spmm max{g, reduction::max};
  check_close(s.forward(max, w, x), {4, 10, 0, 0, 6, -60});
  const auto d = s.backward(max, s.drawn({{1, 10}, {7, 7}, {100, 1000}}), w, x);
  check_close(d[0], {100, 2, -19800});
  check_close(d[1], {0, 10, 302, 3000, 0, 0});

  const auto tie = s.drawn({{2}, {1}, {0}});  // both edges of row 0 give 2
  const auto first = s.backward(max, s.drawn({{1}, {1}, {1}}), w, tie);
  check_close(first[1], {1, 3, 0});
}

TEMPLATE_TEST_CASE("spmm does not hide NaN, whatever it reduces by", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = drawn_graph(s.on);
  const auto w = s.drawn({{1}, {0}, {3}});
  for (const auto reduce : {reduction::sum, reduction::mean, reduction::max}) {
    const auto later = s.forward(spmm{g, reduce}, w, s.drawn({{1}, {NAN}, {3}}));
    CHECK(std::isnan(later[0]));
    CHECK(later[1] == 0);
    CHECK(std::isnan(later[2]));
    const auto sooner = s.forward(spmm{g, reduce}, w, s.drawn({{NAN}, {2}, {3}}));
    CHECK(std::isnan(sooner[0]));
    CHECK(sooner[2] == 6);
  }
}

TEMPLATE_TEST_CASE("spmm computes only the rows that are asked for", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = drawn_graph(s.on);
  const auto w = s.drawn({{1}, {2}, {3}}), x = s.drawn({{1, 10}, {2, -20}, {3, 30}});
  const auto rows = row_set_of(s.on, {2, 1}, 3);
  const spmm some{g, reduction::sum, &rows, false};
  check_close(s.forward(some, w, x), {0, 0, 6, -60});
  const auto d = s.backward(some, s.drawn({{7, 7}, {100, 1000}}), w, x);
  check_close(d[0], {0, 0, -19800});
  check_close(d[1], {0, 0, 300, 3000, 0, 0});
}

TEST_CASE("spmm says what does not fit") {
  const reference on;
  const auto g = drawn_graph(on);
  CHECK_THROWS_WITH(spmm{g}.shape(sized(4, 1), sized(3, 2)),
                    "spmm: rows of weights: expected 3, got 4");
  CHECK_THROWS_WITH(spmm{g}.shape(sized(3, 2), sized(3, 2)),
                    "spmm: columns of weights: expected 1, got 2");
  CHECK_THROWS_WITH(spmm{g}.shape(sized(3, 1), sized(4, 2)), "spmm: rows of x: expected 3, got 4");
  const auto few = row_set_of(on, {0}, 2), rows = row_set_of(on, {0}, 3);
  CHECK_THROWS_WITH((spmm{g, reduction::sum, &few, false}.shape(sized(3, 1), sized(3, 2))),
                    "spmm: bound of the selected rows: expected 3, got 2");
  CHECK_THROWS_WITH((spmm{g, reduction::mean, &rows, false}.shape(sized(3, 1), sized(3, 2))),
                    "spmm: a selection of rows: expected the reduction sum, got mean");
  CHECK_THROWS_WITH((spmm{g, reduction::sum, nullptr, true}.shape(sized(3, 1), sized(3, 2))),
                    "spmm: tied weights: expected an undirected graph, got a directed one");
}

OPERATION_CHECK(spmm) {
  return check_operation([](auto& run) {
    const auto g = run.random_graph(), u = run.random_undirected();
    const auto rows = row_set_of(run.on(), run.random_ids(run.choose(3, 90), g.rows()), g.rows());
    for (const offset d : {run.choose(1, 16), run.choose(3, 70)}) {
      const shape w{g.edges(), 1}, x{g.cols(), d};
      for (const auto reduce : {reduction::sum, reduction::mean, reduction::max})
        run(spmm{g, reduce}, w, x);
      run(spmm{g, reduction::sum, &rows, false}, w, x);
      run(spmm{u, reduction::mean}, shape{u.edges(), 1}, shape{u.cols(), d});
    }
    // Partners weigh the same.
    auto tied = run.random({u.edges(), 1}, 1);
    auto host = tied.to_host(run.on());
    const auto partner = detail::fetch(run.on(), u.partner(), u.edges());
    for (std::size_t e = 0; e < host.size(); ++e)
      host[e] = host[std::min(e, static_cast<std::size_t>(partner[e]))];
    tied.from_host(run.on(), host);
    const auto chosen = row_set_of(run.on(), run.random_ids(run.choose(3, 90), u.rows()), u.rows());
    const auto x = run.random({u.cols(), run.choose(3, 70)}, 2);
    run.with(spmm{u, reduction::sum, nullptr, true}, tied, x);
    run.with(spmm{u, reduction::sum, &chosen, true}, tied, x);
  });
}

}  // namespace filigree
