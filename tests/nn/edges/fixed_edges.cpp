// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "nn/policy_check.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/nn/edges/fixed_edges.hpp>
#include <filigree/ops/l2_penalty.hpp>

#include <cmath>
#include <vector>

namespace fg = filigree;

static_assert(fg::edge_policy<fg::fixed_edges, float, fg::cpu>);
static_assert(fg::edge_policy<fg::fixed_edges, double, fg::reference>);

namespace {
using ids = std::vector<fg::index>;

/// One layer.
template <class R, class State, class G>
auto propagated(R& r, const State& state, const G& g, typename R::var x) {
  return fg::propagation<R, State>(r, state, g, x)(x);
}

/// What each node pulls from each other one, row by row: the policy's result on the identity.
template <class T, class B>
std::vector<double> weights(const B& on, const fg::graph<B>& g, fg::normalization how) {
  const fg::fixed_edges policy{how};
  const fg::fixed_edges::state<T, B> state(policy, on, {.out = 1, .of = &g});
  std::vector<T> identity(static_cast<std::size_t>(g.cols() * g.cols()));
  for (fg::offset i = 0; i < g.cols(); ++i)
    identity[static_cast<std::size_t>(i * g.cols() + i)] = 1;
  const fg::matrix<T, B> x(on, std::span<const T>(identity), {g.cols(), g.cols()});
  fg::eager<T, B> r(on);
  const auto y = r.value(propagated(r, state, g, r.constant(x))).to_host(on);
  return {y.begin(), y.end()};
}

void check_equal(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO(i);
    CHECK(got[i] == Approx(expected[i]).margin(1e-6));
  }
}
}  // namespace

// 0 - 1, 0 - 2, 0 - 3, 1 - 2; node 4 has no edge.
TEMPLATE_TEST_CASE("fixed edges are normalized as the policy says", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto g = fg::graph<B>::undirected(on, 5, ids{0, 0, 0, 1}, ids{1, 2, 3, 2});
  const double a = 1 / std::sqrt(3 * 2.0), b = 1 / std::sqrt(3.0), third = 1 / 3.0;
  check_equal(weights<T>(on, g, fg::normalization::symmetric), {0, a,   a,   b, 0,  //
                                                                a, 0,   0.5, 0, 0,  //
                                                                a, 0.5, 0,   0, 0,  //
                                                                b, 0,   0,   0, 0,  //
                                                                0, 0,   0,   0, 0});
  check_equal(weights<T>(on, g, fg::normalization::row), {0,   third, third, third, 0,  //
                                                          0.5, 0,     0.5,   0,     0,  //
                                                          0.5, 0.5,   0,     0,     0,  //
                                                          1,   0,     0,     0,     0,  //
                                                          0,   0,     0,     0,     0});
  check_equal(weights<T>(on, g, fg::normalization::none), {0, 1, 1, 1, 0,  //
                                                           1, 0, 1, 0, 0,  //
                                                           1, 1, 0, 0, 0,  //
                                                           1, 0, 0, 0, 0,  //
                                                           0, 0, 0, 0, 0});
}

// [ 1 1 0 ]
// [ 0 1 0 ]
TEMPLATE_TEST_CASE("fixed edges of a rectangular graph count rows and columns apart", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::graph<B> g(on, {2, 3}, ids{0, 0, 1}, ids{0, 1, 1});
  const double r = 1 / std::sqrt(2.0);
  check_equal(weights<T>(on, g, fg::normalization::symmetric), {r, 0.5, 0, 0, r, 0});
  check_equal(weights<T>(on, g, fg::normalization::row), {0.5, 0.5, 0, 0, 1, 0});
}

TEMPLATE_TEST_CASE("the gradient of fixed edges pulls along the transposed weights", "", BACKENDS) {
  using B = TestType;
  const B on;
  const auto undirected = fg::graph<B>::undirected(on, 5, ids{0, 0, 0, 1}, ids{1, 2, 3, 2});
  const fg::graph<B> directed(on, {2, 3}, ids{0, 0, 1}, ids{0, 1, 1});
  for (const auto* g : {&undirected, &directed})
    for (const auto how :
         {fg::normalization::symmetric, fg::normalization::row, fg::normalization::none}) {
      // The loss |A x|^2 / 2 has the gradient A^T A x; x is (cols x 1).
      const auto a = weights<double>(on, *g, how);
      const auto rows = static_cast<std::size_t>(g->rows()),
                 cols = static_cast<std::size_t>(g->cols());
      std::vector<double> x(cols), expected(cols);
      for (std::size_t c = 0; c < cols; ++c) x[c] = 1.0 + static_cast<double>(c);
      for (std::size_t i = 0; i < rows; ++i) {
        double y = 0;
        for (std::size_t c = 0; c < cols; ++c) y += a[i * cols + c] * x[c];
        for (std::size_t c = 0; c < cols; ++c) expected[c] += a[i * cols + c] * y;
      }
      fg::parameter<double, B> p(
          fg::matrix<double, B>(on, std::span<const double>(x), {g->cols(), 1}));
      const fg::fixed_edges::state<double, B> state({how}, on, {.out = 1, .of = g});
      fg::tape<double, B> r(on);
      r.backward(r(fg::l2_penalty{}, propagated(r, state, *g, r.leaf(p))));
      check_equal(p.gradient.to_host(on), expected);
    }
}

TEST_CASE("unscaled edges weigh what their gate lets pass") {
  const fg::cpu on;
  const auto g = fg::graph<fg::cpu>::undirected(on, 3, ids{0, 1}, ids{1, 2});
  const fg::fixed_edges::state<double, fg::cpu> s({fg::normalization::none}, on,
                                                  {.out = 1, .of = &g});
  fg::eager<double, fg::cpu> r(on);
  const std::vector<double> gate{0, 0, 1, 0.5};
  const auto x = r.constant(fg::matrix<double, fg::cpu>::zeros(on, {3, 1}));
  const auto by =
      r.constant(fg::matrix<double, fg::cpu>(on, std::span<const double>(gate), {4, 1}));
  CHECK(r.value(fg::weights_of(s, r, g, x, by)).to_host(on) == gate);
}
