// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/affinity.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/ops/scale.hpp>
#include <filigree/ops/sddmm.hpp>
#include <filigree/ops/sigmoid.hpp>

#include <cmath>
#include <vector>

namespace filigree {

namespace {
/// 0 - 1, and a loop at 1: the edges (0, 1), (1, 0), (1, 1).
template <backend B>
graph<B> pair_with_loop(const B& on) {
  return graph<B>::undirected(on, 2, std::vector<index>{0, 1}, std::vector<index>{1, 1});
}
double sigma(double x) { return 1 / (1 + std::exp(-x)); }
}  // namespace

TEMPLATE_TEST_CASE("affinity is the sigmoid of the ends' product", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = pair_with_loop(s.on);
  const auto x = s.drawn({{1, 2}, {0.5, -1}}), base = s.drawn({{1}, {2}, {3}});
  const double across = sigma(-1.5 / 2), loop = sigma(1.25 / 2);
  check_close(s.forward(affinity{g, 2, &base}, x), {across, 2 * across, 3 * loop});
  // A loop is pulled from both of its ends, which are one.
  const auto d = s.backward(affinity{g, 2, &base}, s.drawn({{1}, {0}, {1}}), x);
  const double a = across * (1 - across) / 2, b = 2 * 3 * loop * (1 - loop) / 2;
  check_close(d[0], {a * 0.5, -a, a * 1 + b * 0.5, a * 2 - b});
}

TEMPLATE_TEST_CASE("an affinity whose base is 0 passes no gradient", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto g = pair_with_loop(s.on);
  const auto x = s.drawn({{1, 2}, {0.5, -1}}), base = s.drawn({{0}, {0}, {0}});
  check_close(s.forward(affinity{g, 1, &base}, x), {0, 0, 0});
  check_close(s.backward(affinity{g, 1, &base}, s.drawn({{1}, {1}, {1}}), x)[0], {0, 0, 0, 0});
}

TEMPLATE_TEST_CASE("affinity equals the plain operations that it fuses", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const setting<TestType> s;
  const operation_run<T, typename TestType::backend> run(s.on, true);
  const auto undirected = run.random_undirected();
  const auto x = run.random({undirected.rows(), 20}, 1);
  const auto base = run.random({undirected.edges(), 1}, 2),
             dy = run.random({undirected.edges(), 1}, 3);
  const affinity fused{undirected, 3, &base};
  // sddmm, scale, sigmoid, multiply, and back
  const sddmm dots{undirected};
  const scale by{1 / 3.0};
  matrix<T, typename TestType::backend> score(s.on, base.shape()), cool(s.on, base.shape()),
      a(s.on, base.shape()), y(s.on, base.shape());
  dots.forward(s.on, score.view(), x.view(), x.view());
  by.forward(s.on, cool.view(), std::as_const(score).view());
  sigmoid{}.forward(s.on, a.view(), std::as_const(cool).view());
  multiply{}.forward(s.on, y.view(), std::as_const(a).view(), base.view());
  const auto expected = y.to_host(s.on);
  check_close(s.forward(fused, x), {expected.begin(), expected.end()});

  const auto da = s.backward(multiply{}, dy, a, base)[0];
  const auto as_matrix = [&](const std::vector<T>& host) {
    return matrix<T, typename TestType::backend>(s.on, std::span<const T>(host), base.shape());
  };
  const auto dc = s.backward(sigmoid{}, as_matrix(da), cool)[0];
  const auto ds = s.backward(by, as_matrix(dc), score)[0];
  const auto ends = s.backward(dots, as_matrix(ds), x, x);
  std::vector<double> sum;
  for (std::size_t i = 0; i < ends[0].size(); ++i)
    sum.push_back(static_cast<double>(ends[0][i]) + static_cast<double>(ends[1][i]));
  const auto got = s.backward(fused, dy, x)[0];
  REQUIRE(got.size() == sum.size());
  double worst = 0;
  for (std::size_t i = 0; i < sum.size(); ++i)
    worst =
        std::max(worst, std::abs(static_cast<double>(got[i]) - sum[i]) / (1 + std::abs(sum[i])));
  CHECK(worst < (sizeof(T) == 4 ? 1e-4 : 1e-11));
}

TEST_CASE("affinity says what does not fit") {
  const reference on;
  const auto g = pair_with_loop(on);
  const graph<reference> wide(on, {1, 2}, std::vector<index>{0}, std::vector<index>{1});
  const affinity<float, reference> plain{g}, oblong{wide};
  CHECK_THROWS_WITH(plain.shape(sized(3, 2)), "affinity: rows of x: expected 2, got 3");
  CHECK_THROWS_WITH(oblong.shape(sized(1, 2)), "affinity: columns of the graph: expected 1, got 2");
  CHECK_THROWS_WITH((affinity<float, reference>{g, 0}.shape(sized(2, 2))),
                    "affinity: temperature: expected above 0, got 0");
  const matrix<float, reference> base(on, {2, 1});
  CHECK_THROWS_WITH((affinity{g, 1, &base}.shape(sized(2, 2))),
                    "affinity: elements of base: expected 3, got 2");
}

OPERATION_CHECK(affinity) {
  return check_operation([](auto& run) {
    const auto u = run.random_undirected();
    const offset n = run.choose(5, 200);
    const auto [row, col] = random_pairs({n, n}, run.choose(0, 1) ? 0.03 : 0.4);
    const graph directed(run.on(), {n, n}, row, col);
    for (const offset d : {run.choose(1, 16), run.choose(3, 70)})
      for (const auto* g : {&u, &directed}) {
        const auto base = run.random({g->edges(), 1}, 9);
        run(affinity{*g, 1, &base}, shape{g->rows(), d});
        run(affinity{*g, 2.5, decltype(&base){}}, shape{g->rows(), d});
      }
  });
}

}  // namespace filigree
