// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "drawn_graph.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/core/bf16.hpp>
#include <filigree/ops/add_rows.hpp>
#include <filigree/ops/convert.hpp>
#include <filigree/ops/l2_penalty.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/ops/take_rows.hpp>

#include <vector>

namespace filigree {

namespace {
/// |A A x + (the rows 0 and 2 of A x)|^2 / 2 with layers that are stored in S.
template <class S, class R, class B>
typename R::var composed(R& r, const graph<B>& g, const row_set<B>& rows, typename R::var w,
                         typename R::var x) {
  const auto first = r(spmm<B, S>{g}, w, r(convert<S>{}, x));
  const auto part = r(take_rows<B>{rows}, first);
  const auto twice = r(spmm<B>{g, reduction::sum, &rows}, w, first);
  const auto back = r(take_rows<B>{rows}, r(convert<typename R::scalar>{}, first));
  return r(l2_penalty{}, r(add{}, r(add_rows<B>{rows}, twice, first), r(add{}, part, back)));
}
}  // namespace

TEMPLATE_TEST_CASE("convert rounds to a type, and passes the gradient unchanged", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  const auto x = s.drawn({{1, 1 + 0x1p-10}, {-3.140625, 0}});
  matrix<bf16, typename TestType::backend> y(s.on, x.shape());
  const auto op = convert<bf16>{};
  op.forward(s.on, y.view(), x.view());
  const auto host = y.to_host(s.on);
  CHECK(std::vector<T>(host.begin(), host.end()) == std::vector<T>{1, 1, T(-3.140625), 0});
  const auto dy = s.drawn({{1 + 0x1p-10, 2}, {3, 4}});
  auto dx = s.drawn({{1, 0}, {0, 0}});
  op.backward(s.on, dy.view(), std::as_const(y).view(), x.view(), gradient<T>{dx.view()});
  check_close(dx.to_host(s.on), {2 + 0x1p-10, 2, 3, 4});
}

TEMPLATE_TEST_CASE("results stored in a narrower type are operands, with gradients that are not",
                   "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto g = drawn_graph(s.on);
  const auto rows = row_set_of(s.on, {2, 0}, 3);
  // Few bits are enough for all of these, so nothing is rounded.
  parameter w(s.drawn({{1}, {2}, {3}})), x(s.drawn({{1, 10}, {2, -4}, {3, 30}}));
  std::vector<T> value, dw, dx;
  const auto run = [&]<class S>(S) {
    tape<T, B> t(s.on);
    const auto loss = composed<S>(t, g, rows, t.leaf(w), t.leaf(x));
    value = t.value(loss).to_host(s.on);
    t.backward(loss);
    dw = w.gradient.to_host(s.on);
    dx = x.gradient.to_host(s.on);
    eager<T, B> e(s.on);
    CHECK(e.value(composed<S>(e, g, rows, e.leaf(w), e.leaf(x))).to_host(s.on) == value);
  };
  run(T());
  const auto value_of_own = value, dw_of_own = dw, dx_of_own = dx;
  REQUIRE(value[0] > 0);
  run(bf16());
  CHECK(value == value_of_own);
  CHECK(dw == dw_of_own);
  CHECK(dx == dx_of_own);
  w.frozen = true;  // then the gradient along the edges is rounded, too
  run(bf16());
  CHECK(dx == dx_of_own);
}

TEMPLATE_TEST_CASE("means of what is stored in a narrower type", "", EVERYWHERE) {
  const setting<TestType> s;
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const auto g = drawn_graph(s.on);
  const parameter w(s.drawn({{1}, {2}, {3}})), x(s.drawn({{1, 10}, {2, -4}, {3, 30}}));
  const auto run = [&]<class S>(S) {
    tape<T, B> t(s.on);
    t.backward(t(l2_penalty{},
                 t(spmm<B>{g, reduction::mean}, t.constant(w.value), t(convert<S>{}, t.leaf(x)))));
    return x.gradient.to_host(s.on);
  };
  CHECK(run(bf16()) == run(T()));
}

TEST_CASE("a maximum takes no narrower type") {
  const reference on;
  const auto g = drawn_graph(on);
  const matrix_view<const bf16> x{nullptr, 3, 2};
  CHECK_THROWS_WITH((spmm{g, reduction::max}.shape(sized(3, 1), x)),
                    "spmm: max: expected x and y of the type of w, got a narrower one");
}

OPERATION_CHECK(convert) {
  return check_operation([](auto& run) {
    using T = typename decltype(run.random({1, 1}, 1))::scalar;
    run(convert<T>{}, shape{run.choose(4, 300), run.choose(3, 70)});
  });
}

}  // namespace filigree
