// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "expression.hpp"
#include <filigree/autograd/check_gradient.hpp>

#include <cmath>

namespace filigree {

namespace {
/// y = a (*) b, with every mistake a backward pass can make.
enum class mistake { none, factor, overwrites, depends, not_a_number };

struct mistaken : multiply {
  mistake made;
  explicit mistaken(mistake m) : made(m) {}

  template <backend B, class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T> y,
                matrix_view<const T> a, matrix_view<const T> b, gradient<T> da,
                gradient<T> db) const {
    if (made == mistake::overwrites && da) on.fill(da.data, da.size(), T(0));
    if (made == mistake::depends && !db) return;
    multiply::backward(on, dy, y, a, b, da, db);
    if (made == mistake::factor && db)
      on.for_each(dy.size(), kernels::add_product<T>{dy.data, a.data, db.data});
    if (made == mistake::not_a_number && da && !db) da.data[0] = static_cast<T>(NAN);
  }
};
}  // namespace

TEMPLATE_TEST_CASE("check_gradient compares every element of every input", "", BACKENDS) {
  const TestType on;
  const auto a = normal<double>(on, {3, 4}, 1), b = normal<double>(on, {3, 4}, 2);
  const auto found = check_gradient(on, multiply{}, a, b);
  CHECK(found.compared == 24);
  CHECK(found.error < 1e-9);
  CHECK(check_gradient(on, mistaken(mistake::none), a, b).error < 1e-9);
}

TEST_CASE("check_gradient finds what a backward pass can do wrong") {
  const reference on;
  const auto a = normal<double>(on, {3, 4}, 1), b = normal<double>(on, {3, 4}, 2);
  for (const auto made :
       {mistake::factor, mistake::overwrites, mistake::depends, mistake::not_a_number}) {
    INFO(static_cast<int>(made));
    CHECK_FALSE(check_gradient(on, mistaken(made), a, b).error < 0.1);
  }
}

}  // namespace filigree
