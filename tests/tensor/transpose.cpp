// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/transpose.hpp>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
}  // namespace

// [ 1 0 2 ]      [ 1 0 3 ]
// [ 0 0 0 ]  ->  [ 0 0 4 ]
// [ 3 4 0 ]      [ 2 0 0 ]
TEMPLATE_TEST_CASE("the transpose has columns for rows and knows its entries", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {3, 3}, starts{0, 2, 2, 4}, ids{0, 2, 0, 1}, list<T>{1, 2, 3, 4});
  const auto [t, order] = transpose(on, a);
  CHECK_NOTHROW(t.validate(on));
  CHECK(t.to_host(on).row_begin == starts{0, 2, 3, 4});
  CHECK(t.to_host(on).column == ids{0, 2, 2, 0});
  CHECK(t.to_host(on).value == list<T>{1, 3, 4, 2});
  CHECK(fg::detail::fetch_all(on, order) == starts{0, 2, 3, 1});
}

TEMPLATE_TEST_CASE("compressed columns read values through edge ids", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {2, 3}, starts{0, 2, 3}, ids{0, 2, 0}, list<T>{1, 2, 3});
  const auto columns = transposed(on, a);
  CHECK(columns.shape == fg::shape{2, 3});
  const auto p = columns.pattern();
  CHECK(p.rows == 3);
  CHECK(p.cols == 2);
  CHECK(fg::detail::fetch(on, p.row_begin, 4) == starts{0, 2, 2, 3});
  CHECK(fg::detail::fetch(on, p.neighbor, 3) == ids{0, 1, 0});
  CHECK(fg::detail::fetch(on, p.edge, 3) == starts{0, 2, 1});
}

TEMPLATE_TEST_CASE("transposing twice gives the matrix back", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(120, 75);
  const auto a = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  const auto t = transpose(on, a).matrix;
  CHECK(t.shape() == fg::shape{75, 120});
  CHECK(equal(on, transpose(on, t).matrix, a));
  CHECK(equal(on, t, fg::csr<T, B>::from_entries(on, {75, 120}, e.col, e.row, e.value)));
  for (const fg::shape s : {fg::shape{0, 0}, fg::shape{0, 4}, fg::shape{4, 0}})
    CHECK(transpose(on, fg::csr<T, B>(on, s)).matrix.shape() == fg::shape{s.cols, s.rows});
}

TEMPLATE_TEST_CASE("a column outside an unchecked matrix is found when it is transposed", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const ids column{0, 3};
  const starts begin{0, 1, 2};
  const list<T> value{1, 2};
  const fg::csr<T, B> a({2, 3}, on.upload(std::span(begin)), on.upload(std::span(column)),
                        on.upload(std::span(value)));
  CHECK_THROWS_WITH(transpose(on, a), "transposed: row of entry 1: expected 0 to 2, got 3");
}
