// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/tensor/scale.hpp>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
}  // namespace

// [ 1 0 2 ]
// [ 3 4 0 ]
TEMPLATE_TEST_CASE("csr scales its rows and its columns", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto column = [&](const list<T>& x) {
    return fg::matrix<T, B>(on, x, {static_cast<fg::offset>(x.size()), 1});
  };
  fg::csr<T, B> a(on, {2, 3}, starts{0, 2, 4}, ids{0, 2, 0, 1}, list<T>{1, 2, 3, 4});
  scale_rows(on, a, column({10, 100}));
  CHECK(a.to_host(on).value == list<T>{10, 20, 300, 400});
  scale_columns(on, a, column({1, 2, -1}));
  CHECK(a.to_host(on).value == list<T>{10, -20, 300, 800});
  CHECK_THROWS_WITH(scale_rows(on, a, column({1, 2, 3})),
                    "scale_rows: rows of factor: expected 2, got 3");
  CHECK_THROWS_WITH(scale_columns(on, a, column({1, 2})),
                    "scale_columns: rows of factor: expected 3, got 2");
  CHECK_THROWS_WITH(scale_rows(on, a, fg::matrix<T, B>::zeros(on, {2, 2})),
                    "scale_rows: columns of factor: expected 1, got 2");
  CHECK_THROWS_WITH(scale_columns(on, a, fg::matrix<T, B>::zeros(on, {3, 2})),
                    "scale_columns: columns of factor: expected 1, got 2");
  CHECK(a.to_host(on).value == list<T>{10, -20, 300, 800});
  fg::csr<T, B> none(on, {0, 3});
  CHECK_NOTHROW(scale_rows(on, none, fg::matrix<T, B>::zeros(on, {0, 1})));
  CHECK_NOTHROW(scale_columns(on, none, column({1, 2, 3})));
}
