// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/reduce.hpp>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
}  // namespace

// [ 1  . -2 ]
// [ .  .  . ]
// [ 4  5  6 ]
// [ . -3  . ]
TEMPLATE_TEST_CASE("rows reduce to the sum, mean, minimum and maximum of their entries", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {4, 3}, starts{0, 2, 2, 5, 6}, ids{0, 2, 0, 1, 2, 1},
                        list<T>{1, -2, 4, 5, 6, -3});
  CHECK(row_sum(on, a).to_host(on) == list<T>{-1, 0, 15, -3});
  CHECK(row_mean(on, a).to_host(on) == list<T>{T(-0.5), 0, 5, -3});
  CHECK(row_min(on, a).to_host(on) == list<T>{-2, 0, 4, -3});
  CHECK(row_max(on, a).to_host(on) == list<T>{1, 0, 6, -3});
  CHECK(row_sum(on, a).shape() == fg::shape{4, 1});
  CHECK(row_max(on, fg::csr<T, B>(on, {0, 3})).shape() == fg::shape{0, 1});
  CHECK(row_min(on, fg::csr<T, B>(on, {2, 0})).to_host(on) == list<T>{0, 0});
}

TEMPLATE_TEST_CASE("reductions are the same bits on every backend", "", float, double) {
  const random_entries<TestType> e(500, 300);
  const auto reduced = [&]<class B>(const B& on) {
    const auto a = fg::csr<TestType, B>::from_entries(on, e.shape, e.row, e.col, e.value);
    return std::vector{row_sum(on, a).to_host(on), row_mean(on, a).to_host(on),
                       row_min(on, a).to_host(on), row_max(on, a).to_host(on)};
  };
  const auto expected = reduced(fg::reference{});
  CHECK(reduced(fg::cpu{.threads = 1}) == expected);
  CHECK(reduced(fg::cpu{.threads = 2}) == expected);
}
