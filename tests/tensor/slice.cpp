// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/slice.hpp>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
}  // namespace

// [ 1 0 2 ]
// [ 0 0 0 ]
// [ 0 3 0 ]
// [ 4 5 6 ]
TEMPLATE_TEST_CASE("a slice of rows remembers where its entries stood", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {4, 3}, starts{0, 2, 2, 3, 6}, ids{0, 2, 1, 0, 1, 2},
                        list<T>{1, 2, 3, 4, 5, 6});
  SECTION("a range") {
    const auto [m, order] = slice_rows(on, a, 1, 2);
    CHECK(m.shape() == fg::shape{2, 3});
    CHECK(m.to_host(on).row_begin == starts{0, 0, 1});
    CHECK(m.to_host(on).column == ids{1});
    CHECK(m.to_host(on).value == list<T>{3});
    CHECK(fg::detail::fetch_all(on, order) == starts{2});
  }
  SECTION("a list, in its order, with a row twice") {
    const auto [m, order] = slice_rows(on, a, ids{3, 1, 0, 3});
    CHECK(m.shape() == fg::shape{4, 3});
    CHECK(m.to_host(on).row_begin == starts{0, 3, 3, 5, 8});
    CHECK(m.to_host(on).column == ids{0, 1, 2, 0, 2, 0, 1, 2});
    CHECK(m.to_host(on).value == list<T>{4, 5, 6, 1, 2, 4, 5, 6});
    CHECK(fg::detail::fetch_all(on, order) == starts{3, 4, 5, 0, 1, 3, 4, 5});
  }
  SECTION("nothing and everything") {
    CHECK(slice_rows(on, a, 4, 0).matrix.shape() == fg::shape{0, 3});
    CHECK(slice_rows(on, a, ids{}).matrix.shape() == fg::shape{0, 3});
    CHECK(equal(on, slice_rows(on, a, 0, 4).matrix, a));
    CHECK(equal(on, slice_rows(on, a, ids{0, 1, 2, 3}).matrix, a));
  }
  SECTION("rows that do not exist") {
    CHECK_THROWS_WITH(slice_rows(on, a, 5, 0), "slice_rows: first row: expected 0 to 4, got 5");
    CHECK_THROWS_WITH(slice_rows(on, a, -1, 2), "slice_rows: first row: expected 0 to 4, got -1");
    CHECK_THROWS_WITH(slice_rows(on, a, 2, 3),
                      "slice_rows: number of rows: expected 0 to 2, got 3");
    CHECK_THROWS_WITH(slice_rows(on, a, ids{0, 4}),
                      "slice_rows: row of entry 1: expected 0 to 3, got 4");
  }
}

TEMPLATE_TEST_CASE("a slice whose entries cannot be numbered is an error", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B, fg::index, std::int8_t> a(on, {1, 3}, list<std::int8_t>{0, 3}, ids{0, 1, 2},
                                                list<T>{1, 2, 3});
  CHECK(slice_rows(on, a, ids(42, 0)).matrix.entries() == 126);
  CHECK_THROWS_WITH(slice_rows(on, a, ids(43, 0)),
                    "slice_rows: entries: expected at most 127, got 129");
}

TEMPLATE_TEST_CASE("slices are the same on every backend", "", float, double) {
  const random_entries<TestType> e(150, 90);
  ids rows;
  for (fg::index k = 0; k < 400; ++k) rows.push_back((k * 37) % 150);
  const auto sliced = [&]<class B>(const B& on) {
    const auto a = fg::csr<TestType, B>::from_entries(on, e.shape, e.row, e.col, e.value);
    const auto s = slice_rows(on, a, rows);
    s.matrix.validate(on);
    return std::pair{s.matrix.to_host(on), fg::detail::fetch_all(on, s.order)};
  };
  const auto expected = sliced(fg::reference{});
  CHECK(sliced(fg::cpu{.threads = 1}) == expected);
  CHECK(sliced(fg::cpu{.threads = 2}) == expected);
}
