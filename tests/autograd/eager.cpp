// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "expression.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>

#include <memory>

namespace filigree {

static_assert(recorder<eager<float, reference>> && recorder<eager<double, cpu>>);
static_assert(!recorder<float>);
static_assert(operation<add, float, cpu, matrix_view<const float>, matrix_view<const float>>);
static_assert(!operation<add, float, cpu, matrix_view<const float>>);
static_assert(!operation<sigmoid, float, int, matrix_view<const float>>);

TEMPLATE_TEST_CASE("eager computes what tape computes", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const parameter w(normal<T>(on, {3, 4}, 1)), v(normal<T>(on, {4, 4}, 2));
  const auto x = normal<T>(on, {5, 3}, 3);
  eager<T, B> e(on);
  tape<T, B> t(on);
  const auto a = composed(e, e.constant(x), e.leaf(w), e.leaf(v));
  const auto b = composed(t, t.constant(x), t.leaf(w), t.leaf(v));
  CHECK(e.value(a).to_host(on) == t.value(b).to_host(on));
  CHECK(w.gradient.size() == 0);
}

TEST_CASE("eager gives a parameter's own memory, and results that outlive it") {
  const reference on;
  const parameter p(drawn<float>(on, {{1, 2}}));
  eager<float, reference>::var sum;
  {
    eager<float, reference> r(on);
    CHECK(r.value(r.leaf(p)).data() == p.value.data());
    CHECK(r.value(r.constant(p.value)).data() == p.value.data());
    sum = r(add{}, r.leaf(p), r.leaf(p));
  }
  CHECK(sum->to_host(on) == std::vector<float>{2, 4});
}

TEST_CASE("recorders hold what was made on the way as long as they live") {
  const auto made = std::make_shared<const int>(1);
  const auto check = [&](auto r) {
    r->hold(made);
    CHECK(made.use_count() == 2);
    r.reset();
    CHECK(made.use_count() == 1);
  };
  check(std::make_unique<eager<float, reference>>(reference{}));
  check(std::make_unique<tape<float, reference>>(reference{}));
}

TEST_CASE("eager passes on the shape error of an operation") {
  const reference on;
  eager<float, reference> r(on);
  const auto x = drawn<float>(on, {{1, 2}});
  CHECK_THROWS_WITH(r(matmul{}, r.constant(x), r.constant(x)),
                    "matmul: rows of b: expected 2, got 1");
}

}  // namespace filigree
