// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/convert.hpp>

#include <limits>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
}  // namespace

TEMPLATE_TEST_CASE("coo to csr tells which entry became which", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::coo<T, B> a(on, {3, 3}, ids{2, 0, 2, 0}, ids{1, 2, 0, 0}, list<T>{5, 6, 7, 8});
  const auto [m, order] = to_csr(on, a);
  CHECK(m.to_host(on).row_begin == starts{0, 2, 2, 4});
  CHECK(m.to_host(on).column == ids{0, 2, 0, 1});
  CHECK(m.to_host(on).value == list<T>{8, 6, 7, 5});
  CHECK(fg::detail::fetch_all(on, order) == starts{3, 1, 2, 0});
  CHECK_NOTHROW(m.validate(on));
}

TEMPLATE_TEST_CASE("edge attributes follow their entries through a conversion", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::coo<T, B> a(on, {2, 2}, ids{1, 0, 0}, ids{0, 1, 0}, list<T>{1, 2, 3});
  const auto year = on.upload(std::span<const int>(list<int>{2001, 2002, 2003}));
  const auto permuted = permute(on, to_csr(on, a), year);
  CHECK(fg::detail::fetch_all(on, permuted) == list<int>{2003, 2002, 2001});
}

TEMPLATE_TEST_CASE("csr to coo and back changes nothing", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(90, 140);
  const auto a = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  const auto [entries, order] = to_coo(on, a);
  CHECK_NOTHROW(entries.validate(on));
  CHECK(fg::detail::fetch_all(on, order).back() == a.entries() - 1);
  const auto back = to_csr(on, entries);
  CHECK(equal(on, back.matrix, a));
  CHECK(fg::detail::fetch_all(on, back.order) == fg::detail::fetch_all(on, order));
  const auto given = to_csr(on, fg::coo<T, B>(on, e.shape, e.row, e.col, e.value));
  CHECK(equal(on, given.matrix, a));
}

TEMPLATE_TEST_CASE("conversions of empty matrices are empty", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  for (const fg::shape s : {fg::shape{0, 0}, fg::shape{0, 4}, fg::shape{4, 0}, fg::shape{2, 2}}) {
    const fg::csr<T, B> a(on, s);
    CHECK(to_coo(on, a).matrix.shape() == s);
    CHECK(equal(on, to_csr(on, to_coo(on, a).matrix).matrix, a));
    CHECK(to_dense(on, a).shape() == s);
    CHECK(equal(on, fg::from_dense(on, to_dense(on, a)), a));
    CHECK(to_graph(on, a).edges() == 0);
  }
}

// [ 1 0 2 ]
// [ 0 0 0 ]
TEMPLATE_TEST_CASE("csr becomes dense and comes back", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {2, 3}, starts{0, 2, 2}, ids{0, 2}, list<T>{1, 2});
  const auto dense = to_dense(on, a);
  CHECK(dense.to_host(on) == list<T>{1, 0, 2, 0, 0, 0});
  CHECK(equal(on, fg::from_dense(on, dense), a));
  const random_entries<T> e(70, 131);
  const auto b = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  CHECK(equal(on, fg::from_dense(on, to_dense(on, b)), b));
  const list<T> bad{0, 1, std::numeric_limits<T>::quiet_NaN(), 0};
  CHECK_THROWS_WITH(fg::from_dense(on, fg::matrix<T, B>(on, bad, {2, 2})),
                    "from_dense: value of entry 1: expected a number, got nan");
}

TEMPLATE_TEST_CASE("a cast changes types and refuses what does not fit", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {2, 200}, starts{0, 1, 2}, ids{199, 3}, list<T>{1.5, -2});
  const auto narrow = fg::cast<fg::csr<double, B, std::int16_t, std::int32_t>>(on, a);
  CHECK(narrow.to_host(on).column == list<std::int16_t>{199, 3});
  CHECK(narrow.to_host(on).value == list<double>{1.5, -2});
  CHECK(equal(on, fg::cast<fg::csr<T, B>>(on, narrow), a));
  CHECK_THROWS_WITH((fg::cast<fg::csr<T, B, std::int8_t, fg::offset>>(on, a)),
                    "cast: columns: expected at most 127, got 200");
  const random_entries<T> e(90, 100);
  const auto b = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  CHECK_THROWS_WITH((fg::cast<fg::csr<T, B, fg::index, std::int8_t>>(on, b)),
                    "cast: entries: expected at most 127, got " + std::to_string(b.entries()));
}

TEMPLATE_TEST_CASE("a graph made from csr has the same edges under the same numbers", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const random_entries<T> e(60, 80);
  const auto a = fg::csr<T, B>::from_entries(on, e.shape, e.row, e.col, e.value);
  const auto g = to_graph(on, a);
  CHECK(g.rows() == 60);
  CHECK(g.cols() == 80);
  CHECK_FALSE(g.is_undirected());
  const auto p = a.pattern(), q = g.forward();
  CHECK(fg::detail::fetch(on, p.row_begin, 61) == fg::detail::fetch(on, q.row_begin, 61));
  CHECK(fg::detail::fetch(on, p.neighbor, a.entries()) ==
        fg::detail::fetch(on, q.neighbor, a.entries()));
  const auto order = fg::detail::fetch(on, g.order(), g.edges());
  for (fg::offset k = 0; k < g.edges(); ++k) REQUIRE(order[static_cast<std::size_t>(k)] == k);
}

// [ 1 2 . ]
// [ 3 . 4 ]
// [ . 5 . ]
TEMPLATE_TEST_CASE("a symmetric pattern becomes an undirected graph", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {3, 3}, starts{0, 2, 4, 5}, ids{0, 1, 0, 2, 1}, list<T>{1, 2, 3, 4, 5});
  const auto g = to_undirected_graph(on, a);
  CHECK(g.is_undirected());
  CHECK(fg::detail::fetch(on, g.forward().neighbor, 5) == ids{0, 1, 0, 2, 1});
  CHECK(fg::detail::fetch(on, g.partner(), 5) == starts{0, 2, 1, 4, 3});
  const fg::csr<T, B> b(on, {3, 3}, starts{0, 1, 2, 2}, ids{1, 2}, list<T>{1, 1});
  CHECK_THROWS_WITH(to_undirected_graph(on, b),
                    "graph: reverse of entry (0, 1): expected one, got none");
  CHECK_THROWS_WITH(to_undirected_graph(on, fg::csr<T, B>(on, {3, 4})),
                    "to_undirected_graph: columns: expected 3, got 4");
}
