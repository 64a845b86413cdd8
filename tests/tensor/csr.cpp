// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/csr.hpp>

#include <cmath>
#include <limits>

namespace fg = filigree;
using Catch::Contains;

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
TEMPLATE_TEST_CASE("csr holds compressed rows as they were given", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {4, 3}, starts{0, 2, 2, 3, 6}, ids{0, 2, 1, 0, 1, 2},
                        list<T>{1, 2, 3, 4, 5, 6});
  CHECK(a.rows() == 4);
  CHECK(a.cols() == 3);
  CHECK(a.entries() == 6);
  CHECK(a.shape() == fg::shape{4, 3});
  CHECK(a.pattern().entries == 6);
  CHECK(a.pattern().edge == nullptr);
  CHECK(a.values().rows == 6);
  CHECK(a.values().cols == 1);
  const auto host = a.to_host(on);
  CHECK(host.row_begin == starts{0, 2, 2, 3, 6});
  CHECK(host.column == ids{0, 2, 1, 0, 1, 2});
  CHECK(host.value == list<T>{1, 2, 3, 4, 5, 6});
}

TEMPLATE_TEST_CASE("csr sorts entries given in any order", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto a = fg::csr<T, B>::from_entries(on, {4, 3}, ids{3, 0, 3, 2, 0, 3},
                                             ids{2, 2, 0, 1, 0, 1}, list<T>{6, 2, 4, 3, 1, 5});
  const fg::csr<T, B> expected(on, {4, 3}, starts{0, 2, 2, 3, 6}, ids{0, 2, 1, 0, 1, 2},
                               list<T>{1, 2, 3, 4, 5, 6});
  CHECK(equal(on, a, expected));
  CHECK(a.to_host(on) == expected.to_host(on));
  CHECK_NOTHROW(a.validate(on));
}

TEMPLATE_TEST_CASE("csr merges duplicates as its policy says", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const ids row{1, 0, 1, 1}, col{0, 1, 2, 0};
  const list<T> value{1, 2, 4, 8};
  const auto merged = [&](fg::duplicates policy) {
    const auto a = fg::csr<T, B>::from_entries(on, {2, 3}, row, col, value, policy).to_host(on);
    CHECK(a.row_begin == starts{0, 1, 3});
    CHECK(a.column == ids{1, 0, 2});
    return a.value;
  };
  CHECK(merged(fg::duplicates::sum) == list<T>{2, 9, 4});
  CHECK(merged(fg::duplicates::first) == list<T>{2, 1, 4});
  CHECK(merged(fg::duplicates::last) == list<T>{2, 8, 4});
  CHECK_THROWS_WITH((fg::csr<T, B>::from_entries(on, {2, 3}, row, col, value)),
                    "csr: entry (1, 0): expected once, got it again as entry 3");
}

TEMPLATE_TEST_CASE("csr may be empty in every way", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  for (const fg::shape s : {fg::shape{0, 0}, fg::shape{0, 5}, fg::shape{5, 0}, fg::shape{2, 3}}) {
    const fg::csr<T, B> a(on, s);
    const auto b = fg::csr<T, B>::from_entries(on, s, {}, {}, {});
    CHECK_NOTHROW(a.validate(on));
    CHECK_NOTHROW(b.validate(on));
    CHECK(equal(on, a, b));
    CHECK(a.shape() == s);
    CHECK(b.entries() == 0);
    CHECK(b.to_host(on).row_begin == starts(static_cast<std::size_t>(s.rows) + 1, 0));
  }
  const fg::csr<T, B> none;
  CHECK(none.shape() == fg::shape{});
  CHECK_NOTHROW(none.validate(on));
}

TEMPLATE_TEST_CASE("csr refuses what is no compressed row matrix, by name", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto made = [&](starts begin, ids column, list<T> value, fg::shape s = {2, 4}) {
    return fg::csr<T, B>(on, s, begin, column, value);
  };
  CHECK_NOTHROW(made({0, 1, 2}, {3, 3}, {1, 1}));
  CHECK_THROWS_WITH(made({0, 1}, {3}, {1}), "csr: row starts: expected 3, got 2");
  CHECK_THROWS_WITH(made({0, 1, 2}, {3, 3}, {1}), "csr: values: expected 2, got 1");
  CHECK_THROWS_WITH(made({1, 1, 2}, {3, 3}, {1, 1}), "csr: start of row 0: expected 0, got 1");
  CHECK_THROWS_WITH(made({0, 3, 2}, {3, 3}, {1, 1}),
                    "csr: start of row 2: expected at least 3, got 2");
  CHECK_THROWS_WITH(made({0, 1, 5}, {3, 3}, {1, 1}), "csr: start of row 2: expected 2, got 5");
  CHECK_THROWS_WITH(made({0, 1, 2}, {3, 4}, {1, 1}),
                    "csr: column of entry 1: expected 0 to 3, got 4");
  CHECK_THROWS_WITH(made({0, 1, 2}, {-1, 0}, {1, 1}),
                    "csr: column of entry 0: expected 0 to 3, got -1");
  CHECK_THROWS_WITH(made({0, 1, 3}, {3, 2, 2}, {1, 1, 1}),
                    "csr: column of entry 2, in row 1: expected above 2, got 2");
  CHECK_THROWS_WITH(made({0, 3, 3}, {0, 2, 1}, {1, 1, 1}),
                    "csr: column of entry 2, in row 0: expected above 2, got 1");
  CHECK_THROWS_WITH(made({0, 1, 2}, {3, 3}, {1, std::numeric_limits<T>::quiet_NaN()}),
                    "csr: value of entry 1: expected a number, got nan");
  CHECK_NOTHROW(made({0, 1, 2}, {3, 3}, {1, -std::numeric_limits<T>::infinity()}));
  CHECK_THROWS_WITH(made({0}, {}, {}, {-1, 4}), "csr: rows: expected at least 0, got -1");
  CHECK_THROWS_WITH((fg::csr<T, B>(on, {1, fg::offset{1} << 31})),
                    "csr: columns: expected at most 2147483647, got 2147483648");
  CHECK_THROWS_AS(made({0, 1, 2}, {3, 4}, {1, 1}), fg::range_error);
  CHECK_THROWS_AS(made({0, 1}, {3}, {1}), fg::shape_error);
}

TEMPLATE_TEST_CASE("csr refuses entries that do not fit, by name", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto made = [&](ids row, ids col, list<T> value) {
    return fg::csr<T, B>::from_entries(on, {2, 4}, row, col, value);
  };
  CHECK_THROWS_WITH(made({0, 2}, {0, 0}, {1, 1}), "csr: row of entry 1: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(made({0, 1}, {0, 4}, {1, 1}), "csr: column of entry 1: expected 0 to 3, got 4");
  CHECK_THROWS_WITH(made({0, 1}, {0}, {1, 1}), "csr: columns: expected 2, got 1");
  CHECK_THROWS_WITH(made({0, 1}, {0, 1}, {1}), "csr: values: expected 2, got 1");
  CHECK_THROWS_WITH(made({0, 1}, {0, 1}, {std::numeric_limits<T>::quiet_NaN(), 1}),
                    "csr: value of entry 0: expected a number, got nan");
}

TEMPLATE_TEST_CASE("csr takes any index and offset type within its range", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  using small = fg::csr<T, B, std::int8_t, std::int16_t>;
  using large = fg::csr<T, B, std::int64_t, std::uint64_t>;
  const list<std::int8_t> row8{1, 0}, col8{126, 0};
  const auto a = small::from_entries(on, {2, 127}, row8, col8, list<T>{2, 1});
  CHECK(a.to_host(on).column == list<std::int8_t>{0, 126});
  CHECK(a.to_host(on).row_begin == list<std::int16_t>{0, 1, 2});
  CHECK_THROWS_WITH(small(on, {2, 128}), "csr: columns: expected at most 127, got 128");
  const auto wide = fg::offset{1} << 40;
  const list<std::int64_t> row64{1, 0}, col64{wide - 1, 0};
  const auto b = large::from_entries(on, {2, wide}, row64, col64, list<T>{2, 1});
  CHECK(b.to_host(on).column == list<std::int64_t>{0, wide - 1});
  CHECK_THROWS_WITH(large(on, {wide, wide}),
                    Contains("csr: rows * columns: expected at most 18446744073709551615, got "
                             "1099511627776 * 1099511627776"));
}

TEMPLATE_TEST_CASE("csr counts entries of any scalar", "", BACKENDS) {
  const TestType on;
  const auto a = fg::csr<std::int32_t, TestType>::from_entries(
      on, {2, 2}, ids{1, 1, 1}, ids{0, 1, 0}, list<std::int32_t>{3, 4, 5}, fg::duplicates::sum);
  CHECK(a.to_host(on).value == list<std::int32_t>{8, 4});
}

TEMPLATE_TEST_CASE("csr is the same on every backend, hubs and empty rows included", "", float,
                   double) {
  const random_entries<TestType> e(300, 211);
  const fg::reference on;
  const auto expected =
      fg::csr<TestType, fg::reference>::from_entries(on, e.shape, e.row, e.col, e.value);
  for (const int threads : {1, 2}) {
    const fg::cpu cpu{.threads = threads};
    const auto a = fg::csr<TestType, fg::cpu>::from_entries(cpu, e.shape, e.row, e.col, e.value);
    CHECK(a.to_host(cpu) == expected.to_host(on));
    CHECK_NOTHROW(a.validate(cpu));
  }
}

TEMPLATE_TEST_CASE("copies of csr do not share values; equality sees shape, pattern and values", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::csr<T, B> a(on, {2, 2}, starts{0, 1, 2}, ids{0, 1}, list<T>{1, 2});
  auto b = a;
  CHECK(equal(on, a, b));
  on.fill(b.values().data, 1, T(7));
  CHECK_FALSE(equal(on, a, b));
  CHECK(a.to_host(on).value == list<T>{1, 2});
  CHECK_FALSE(equal(on, a, fg::csr<T, B>(on, {2, 3}, starts{0, 1, 2}, ids{0, 1}, list<T>{1, 2})));
  CHECK_FALSE(equal(on, a, fg::csr<T, B>(on, {2, 2}, starts{0, 1, 2}, ids{1, 1}, list<T>{1, 2})));
  CHECK_FALSE(equal(on, a, fg::csr<T, B>(on, {2, 2}, starts{0, 2, 2}, ids{0, 1}, list<T>{1, 2})));
}

TEST_CASE("what a host sees of two csr is equal where shape, pattern and values are") {
  const fg::host_csr<float> a{{2, 3}, {0, 1, 2}, {2, 0}, {5, 6}};
  auto b = a;
  CHECK(a == b);
  b.shape.cols = 4;
  CHECK(a != b);
  b = a;
  b.row_begin[1] = 2;
  CHECK(a != b);
  b = a;
  b.column[1] = 1;
  CHECK(a != b);
  b = a;
  b.value[1] = 7;
  CHECK(a != b);
}

TEST_CASE("csr of different numbers of entries are not equal") {
  const fg::cpu on;
  using csr = fg::csr<float, fg::cpu>;
  const csr a(on, {2, 2}, starts{0, 1, 2}, ids{0, 1}, list<float>{1, 2});
  CHECK_FALSE(equal(on, a, csr(on, {2, 2}, starts{0, 1, 1}, ids{0}, list<float>{1})));
}
