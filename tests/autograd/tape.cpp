// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "expression.hpp"
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/tape.hpp>
#include <filigree/backend/pool.hpp>
#include <filigree/ops/gather_rows.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/optim/adam.hpp>

#include <cmath>
#include <vector>

namespace filigree {

static_assert(recorder<tape<float, reference>> && recorder<tape<double, cpu>>);

TEMPLATE_TEST_CASE("tape finds the gradient of an expression with shared parts", "", reference,
                   cpu) {
  const TestType on;
  parameter w(normal<double>(on, {3, 4}, 1)), v(normal<double>(on, {4, 4}, 2));
  const auto x = normal<double>(on, {5, 3}, 3);
  tape<double, TestType> t(on);
  t.backward(composed(t, t.constant(x), t.leaf(w), t.leaf(v)));

  const auto loss = [&] {
    eager<double, TestType> e(on);
    return e.value(composed(e, e.constant(x), e.leaf(w), e.leaf(v))).to_host(on)[0];
  };
  for (auto* p : {&w, &v}) {
    REQUIRE(p->gradient.shape() == p->value.shape());
    const auto gradient = p->gradient.to_host(on);
    auto host = p->value.to_host(on);
    for (std::size_t i = 0; i < host.size(); ++i) {
      const double before = host[i], h = 1e-5;
      host[i] = before + h;
      p->value.from_host(on, host);
      const double above = loss();
      host[i] = before - h;
      p->value.from_host(on, host);
      const double below = loss();
      host[i] = before;
      CHECK(std::abs((above - below) / (2 * h) - gradient[i]) / (1 + std::abs(gradient[i])) < 1e-8);
    }
    p->value.from_host(on, host);
  }
}

TEMPLATE_TEST_CASE("tape sums the gradients of a parameter that is used twice", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  const parameter p(drawn<T>(on, {{1, 2}}));
  for (int step = 0; step < 2; ++step) {  // the second step does not add to the first
    tape<T, typename TestType::backend> t(on);
    CHECK(t.leaf(p).slot == t.leaf(p).slot);
    // |p (*) p + p|^2 / 2 with the derivative (p^2 + p) (2 p + 1).
    t.backward(t(l2_penalty{}, t(add{}, t(multiply{}, t.leaf(p), t.leaf(p)), t.leaf(p))));
    CHECK(p.gradient.to_host(on) == std::vector<T>{6, 30});
  }
}

TEMPLATE_TEST_CASE("tape does no work for what is frozen or constant", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  parameter frozen(drawn<T>(on, {{1, 2}})), learned(drawn<T>(on, {{3, 4}}));
  frozen.frozen = true;
  const auto fixed = drawn<T>(on, {{5, 6}});
  int forwards = 0, backwards = 0, gradients = 0, wanted = 0;
  const counted count{&forwards, &backwards, &gradients};

  tape<T, typename TestType::backend> t(on);
  const auto a = t(count, t.leaf(frozen)), b = t(count, t.constant(fixed)),
             c = t(count, t.leaf(learned));
  const auto ab = t(counted_add(&wanted), a, b);
  CHECK(forwards == 3);
  t.backward(t(l2_penalty{}, t(counted_add(&wanted), ab, c)));
  CHECK(backwards == 1);
  CHECK(gradients == 1);
  CHECK(wanted == 1);
  CHECK(frozen.gradient.size() == 0);
  CHECK(learned.gradient.to_host(on) == std::vector<T>{9, 12});
}

TEMPLATE_TEST_CASE("tape hands over a gradient that passes through, and copies it where it must",
                   "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const parameter p(drawn<T>(on, {{1, 2}})), q(drawn<T>(on, {{3, 4}}));
  int wanted = 0;
  const counted_add sum(&wanted, true);
  // |x + y + y + x + x|^2 / 2 for x = 2 p, y = 3 q: 6 p + 6 q = (24, 36), times 6.
  const auto trained = [&](bool keeps) {
    wanted = 0;
    tape<T, B> t(on);
    const auto x = t(scale{.by = 2}, t.leaf(p)), y = t(scale{.by = 3}, t.leaf(q));
    const auto xy = t(sum, x, y), xyy = t(sum, xy, y);
    const auto all = t(sum, xyy, t(sum, x, x));
    if (keeps) t.keep(all);
    t.backward(t(l2_penalty{}, all));
    CHECK(p.gradient.to_host(on) == std::vector<T>{144, 216});
    CHECK(q.gradient.to_host(on) == std::vector<T>{144, 216});
    if (keeps) CHECK(t.gradient_of(all).to_host(on) == std::vector<T>{24, 36});
    return wanted;
  };
  // Of the eight handles, xyy's and xy's come for nothing; x's are copied, as it comes twice and
  // then has a gradient. A gradient that is kept stays with its result.
  CHECK(trained(false) == 6);
  CHECK(trained(true) == 7);
  tape<T, B> t(on);
  t.backward(t(l2_penalty{}, t(sum, t.leaf(p), t.leaf(q))));  // a parameter's memory stays its own
  CHECK(p.gradient.to_host(on) == std::vector<T>{4, 6});
  CHECK(q.gradient.to_host(on) == std::vector<T>{4, 6});
}

TEST_CASE("tape does nothing where nothing learns") {
  const reference on;
  parameter p(drawn<float>(on, {{1, 2}}));
  p.frozen = true;
  int forwards = 0, backwards = 0, gradients = 0;
  tape<float, reference> t(on);
  t.backward(t(l2_penalty{}, t(counted{&forwards, &backwards, &gradients}, t.leaf(p))));
  CHECK(backwards == 0);
  CHECK(p.gradient.size() == 0);
}

TEST_CASE("tape gives no gradient to parameters that the loss does not depend on") {
  const reference on;
  const parameter used(drawn<float>(on, {{1, 2}})), unused(drawn<float>(on, {{3, 4}}));
  int forwards = 0, backwards = 0, gradients = 0;
  const counted count{&forwards, &backwards, &gradients};
  {
    tape<float, reference> t(on);
    t.backward(t(l2_penalty{}, t(add{}, t.leaf(used), t.leaf(unused))));
    CHECK(unused.gradient.to_host(on) == std::vector<float>{4, 6});
  }
  tape<float, reference> t(on);
  (void)t(count, t.leaf(unused));
  t.backward(t(l2_penalty{}, t.leaf(used)));
  CHECK(backwards == 0);
  CHECK(used.gradient.to_host(on) == std::vector<float>{1, 2});
  CHECK(unused.gradient.size() == 0);  // not the one of the step before
}

TEMPLATE_TEST_CASE("spmm starts a gradient without reading what its memory held", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const graph<B> g(on, {2, 2}, std::vector<index>{0, 1}, std::vector<index>{1, 0});
  const parameter x(drawn<T>(on, {{2}, {3}}));
  const auto twice = drawn<T>(on, {{2}, {2}});
  const auto spoiled = drawn<T>(on, {{NAN}, {NAN}});
  for (const auto reduce : {reduction::sum, reduction::mean, reduction::max}) {
    const spmm op{g, reduce};
    {
      x.gradient = spoiled;
      tape<T, B> t(on);
      t.backward(t(l2_penalty{}, t(op, t.constant(twice), t.leaf(x))));
      CHECK(x.gradient.to_host(on) == std::vector<T>{8, 12});
    }
    {
      x.gradient = spoiled;
      tape<T, B> t(on);  // as weights and as features: y = x[0] x[1] for both
      t.backward(t(l2_penalty{}, t(op, t.leaf(x), t.leaf(x))));
      CHECK(x.gradient.to_host(on) == std::vector<T>{36, 24});
    }
  }
}

TEST_CASE("tape keeps the gradient of a result when asked to") {
  const reference on;
  const parameter p(drawn<float>(on, {{1, 2}}));
  tape<float, reference> t(on);
  const auto a = t(add{}, t.leaf(p), t.leaf(p)), b = t(add{}, a, a);
  t.keep(a);
  t.backward(t(l2_penalty{}, b));
  CHECK(t.gradient_of(a).to_host(on) == std::vector<float>{8, 16});
  CHECK(t.gradient_of(b).size() == 0);
  CHECK(p.gradient.to_host(on) == std::vector<float>{16, 32});
}

TEST_CASE("tape needs a loss that is one number, and gives gradients once") {
  const reference on;
  const parameter p(drawn<float>(on, {{1, 2}, {3, 4}}));
  tape<float, reference> t(on);
  const auto x = t.leaf(p);
  CHECK_THROWS_WITH(t.backward(x), "backward: elements of the loss: expected 1, got 4");
  const auto loss = t(l2_penalty{}, x);
  t.backward(loss);
  CHECK_THROWS_WITH(t.backward(loss), "backward: calls: expected one for each tape, got a second");
  CHECK(p.gradient.to_host(on) == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("a parameter may be the loss itself") {
  const reference on;
  const parameter p(drawn<float>(on, {{3}}));
  tape<float, reference> t(on);
  t.backward(t.leaf(p));
  CHECK(p.gradient.to_host(on) == std::vector<float>{1});
}

TEST_CASE("two tapes over one parameter do not disturb each other") {
  const reference on;
  const parameter p(drawn<float>(on, {{1, 2}}));
  for (int step = 0; step < 2; ++step) {
    tape<float, reference> a(on), b(on);
    const auto loss_a = a(l2_penalty{}, a.leaf(p)), loss_b = b(l2_penalty{.by = 2}, b.leaf(p));
    a.backward(loss_a);
    CHECK(p.gradient.to_host(on) == std::vector<float>{1, 2});
    b.backward(loss_b);
    CHECK(p.gradient.to_host(on) == std::vector<float>{2, 4});
  }
}

TEST_CASE("a moved gradient leaves an empty one") {
  const reference on;
  parameter p(drawn<float>(on, {{1, 2}}));
  p.gradient = drawn<float>(on, {{3, 4}});
  const auto taken = std::move(p.gradient);
  CHECK(p.gradient.size() == 0);
  CHECK(taken.size() == 2);
}

TEMPLATE_TEST_CASE("of a watched parameter the gradient of the data is kept apart from penalties",
                   "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  parameter p(drawn<T>(on, {{1, 2}})), q(drawn<T>(on, {{3, 4}}));
  // |p + q|^2 / 2 + |2 p|^2 / 2 + |p|^2 / 2: of p (4, 6) + (4, 8) + (1, 2).
  const auto learn = [&] {
    tape<T, B> t(on);
    const auto x = t.leaf(p), twice = t(scale{.by = 2}, x), both = t(scale{.by = 1}, x);
    t.keep(twice);
    t.keep(both);
    auto loss = t(l2_penalty{}, t(add{}, both, t.leaf(q)));
    loss = t(add_penalty{}, loss, t(l2_penalty{}, twice));
    t.backward(t(add_penalty{}, loss, t(l2_penalty{}, both)));
    CHECK(t.gradient_of(both).to_host(on) == std::vector<T>{5, 8});
    CHECK(t.gradient_of(twice).to_host(on) == std::vector<T>{2, 4});
    CHECK(p.gradient.to_host(on) == std::vector<T>{9, 16});
    CHECK(q.gradient.to_host(on) == std::vector<T>{4, 6});
  };
  learn();
  CHECK(p.data_gradient.size() == 0);
  p.watched = true;
  learn();
  CHECK(p.gradient_of_data().to_host(on) == std::vector<T>{4, 6});
  CHECK(q.gradient_of_data().to_host(on) == std::vector<T>{4, 6});
  q.watched = true;
  q.frozen = true;
  q.forget_gradient();
  {
    tape<T, B> t(on);  // without penalties the gradient is that of the data
    t.backward(t(l2_penalty{}, t(add{}, t.leaf(p), t.leaf(q))));
  }
  CHECK(p.gradient_of_data().to_host(on) == std::vector<T>{4, 6});
  CHECK(p.data_gradient.size() == 0);
  CHECK(q.gradient_of_data().size() == 0);
}

TEST_CASE("once gradients and moments are there, a training step allocates nothing") {
  const cpu on{2};
  const offset n = 3000, d = 64;
  std::vector<index> row, col, ids;
  for (index i = 0; i < n; ++i)
    for (index k = 0; k < 5; ++k) {
      row.push_back(i);
      col.push_back((7 * i + 11 * k) % static_cast<index>(n));
    }
  for (index k = 0; k < 700; ++k) ids.push_back(k * k % static_cast<index>(n));
  const graph<cpu> g(on, {n, n}, row, col);
  parameter x(normal<float>(on, {n, d}, 1)), w(normal<float>(on, {g.edges(), 1}, 2)),
      m(normal<float>(on, {d, d}, 3));
  adam::state<float, cpu> optimizer{adam{}};
  std::size_t fresh = 0;
  for (int step = 0; step < 6; ++step) {
    const auto given = on.upload(std::span<const index>(ids));
    const auto of = make_row_set(on, given.data(), static_cast<offset>(ids.size()), n);
    tape<float, cpu> t(on);
    const auto h = t(spmm{g}, t.leaf(w), t(matmul{}, t.leaf(x), t.leaf(m)));
    const auto mean = t(spmm{g, reduction::mean}, t.leaf(w), t(sigmoid{}, h));
    t.backward(t(l2_penalty{}, t(gather_rows{of}, mean)));
    for (auto* p : {&x, &w, &m}) optimizer.step(on, *p);
    // The first step makes gradients and moments, whose blocks the second has to do without.
    if (step <= 1) fresh = memory_pool::instance().fresh_blocks();
    CHECK(memory_pool::instance().fresh_blocks() == fresh);
  }
}

}  // namespace filigree
