// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "random_entries.hpp"
#include <filigree/tensor/coo.hpp>

#include <limits>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
}  // namespace

TEMPLATE_TEST_CASE("coo keeps entries in the order given", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::coo<T, B> a(on, {3, 4}, ids{2, 0, 1}, ids{3, 0, 2}, list<T>{5, 6, 7});
  CHECK(a.rows() == 3);
  CHECK(a.cols() == 4);
  CHECK(a.entries() == 3);
  CHECK(a.shape() == fg::shape{3, 4});
  CHECK(a.values().rows == 3);
  const auto host = a.to_host(on);
  CHECK(host.row == ids{2, 0, 1});
  CHECK(host.col == ids{3, 0, 2});
  CHECK(host.value == list<T>{5, 6, 7});
  CHECK_NOTHROW(a.validate(on));
}

TEMPLATE_TEST_CASE("coo merges duplicates as its policy says and keeps the order of the rest", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const ids row{2, 1, 0, 2, 1}, col{3, 0, 1, 3, 0};
  const list<T> value{1, 2, 4, 8, 16};
  const auto merged = [&](fg::duplicates policy) {
    return fg::coo<T, B>(on, {3, 4}, row, col, value, policy).to_host(on);
  };
  const auto sum = merged(fg::duplicates::sum), first = merged(fg::duplicates::first),
             last = merged(fg::duplicates::last);
  CHECK(sum.row == ids{2, 1, 0});
  CHECK(sum.col == ids{3, 0, 1});
  CHECK(sum.value == list<T>{9, 18, 4});
  CHECK(first.row == ids{2, 1, 0});
  CHECK(first.value == list<T>{1, 2, 4});
  CHECK(last.row == ids{0, 2, 1});
  CHECK(last.col == ids{1, 3, 0});
  CHECK(last.value == list<T>{4, 8, 16});
  CHECK_THROWS_WITH((fg::coo<T, B>(on, {3, 4}, row, col, value)),
                    "coo: entry (1, 0): expected once, got it again as entry 4");
}

TEMPLATE_TEST_CASE("coo refuses what is no matrix, by name", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto made = [&](ids row, ids col, list<T> value, fg::shape s = {2, 4}) {
    return fg::coo<T, B>(on, s, row, col, value);
  };
  CHECK_THROWS_WITH(made({0, 1}, {0}, {1, 1}), "coo: columns: expected 2, got 1");
  CHECK_THROWS_WITH(made({0, 1}, {0, 1}, {1}), "coo: values: expected 2, got 1");
  CHECK_THROWS_WITH(made({0, 2}, {0, 1}, {1, 1}), "coo: row of entry 1: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(made({0, -7}, {0, 1}, {1, 1}), "coo: row of entry 1: expected 0 to 1, got -7");
  CHECK_THROWS_WITH(made({0, 1}, {4, 1}, {1, 1}), "coo: column of entry 0: expected 0 to 3, got 4");
  CHECK_THROWS_WITH(made({0, 1}, {0, 1}, {1, std::numeric_limits<T>::quiet_NaN()}),
                    "coo: value of entry 1: expected a number, got nan");
  CHECK_THROWS_WITH(made({}, {}, {}, {3, -1}), "coo: columns: expected at least 0, got -1");
  CHECK_THROWS_WITH(made({0}, {0}, {1}, {0, 3}), "coo: row of entry 0: expected none, got 0");
}

TEMPLATE_TEST_CASE("validate finds what buffers taken over may hold", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const auto made = [&](const ids& row, const ids& col, const list<T>& value) {
    return fg::coo<T, B>(fg::shape{2, 2}, on.upload(std::span(row)), on.upload(std::span(col)),
                         on.upload(std::span(value)));
  };
  CHECK_NOTHROW(made({1, 0}, {0, 0}, {1, 2}).validate(on));
  CHECK_THROWS_WITH(made({1, 0}, {0, 2}, {1, 2}).validate(on),
                    "coo: column of entry 1: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(made({1, 1}, {0, 0}, {1, 2}).validate(on),
                    "coo: entry (1, 0): expected once, got it again as entry 1");
  CHECK_THROWS_WITH(made({1, 0}, {0, 0}, {std::numeric_limits<T>::quiet_NaN(), 2}).validate(on),
                    "coo: value of entry 0: expected a number, got nan");
}

TEMPLATE_TEST_CASE("coo may be empty in every way", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  CHECK(fg::coo<T, B>().shape() == fg::shape{});
  for (const fg::shape s : {fg::shape{0, 0}, fg::shape{0, 5}, fg::shape{5, 0}, fg::shape{2, 3}}) {
    const fg::coo<T, B> a(on, s, {}, {}, {});
    CHECK(a.shape() == s);
    CHECK(a.entries() == 0);
    CHECK_NOTHROW(a.validate(on));
  }
}

TEMPLATE_TEST_CASE("coo merges the same way on every backend", "", float, double) {
  random_entries<TestType> e(200, 150);
  const auto once = e.row.size();
  for (std::size_t k = 0; k < once; k += 3) {
    e.row.push_back(e.row[k]);
    e.col.push_back(e.col[k]);
    e.value.push_back(e.value[k] / 3);
  }
  for (const auto policy : {fg::duplicates::sum, fg::duplicates::first, fg::duplicates::last}) {
    const fg::reference on;
    const auto expected =
        fg::coo<TestType, fg::reference>(on, e.shape, e.row, e.col, e.value, policy).to_host(on);
    CHECK(expected.row.size() == once);
    for (const int threads : {1, 2}) {
      const fg::cpu cpu{.threads = threads};
      const fg::coo<TestType, fg::cpu> a(cpu, e.shape, e.row, e.col, e.value, policy);
      CHECK(a.to_host(cpu) == expected);
    }
  }
}

TEMPLATE_TEST_CASE("coo compares shape, order and values", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const fg::coo<T, B> a(on, {2, 2}, ids{0, 1}, ids{0, 1}, list<T>{1, 2});
  CHECK(equal(on, a, fg::coo<T, B>(a)));
  CHECK_FALSE(equal(on, a, fg::coo<T, B>(on, {2, 3}, ids{0, 1}, ids{0, 1}, list<T>{1, 2})));
  CHECK_FALSE(equal(on, a, fg::coo<T, B>(on, {2, 2}, ids{1, 0}, ids{1, 0}, list<T>{2, 1})));
  CHECK_FALSE(equal(on, a, fg::coo<T, B>(on, {2, 2}, ids{0, 1}, ids{0, 1}, list<T>{1, 3})));
}

TEST_CASE("coo takes memory for its entries, not for its rows") {
  const fg::cpu on;
  const fg::index far = 2000000000;
  const fg::coo<float, fg::cpu> a(on, {far + fg::offset{1}, 2}, ids{far}, ids{1}, list<float>{3});
  a.validate(on);
  CHECK(a.to_host(on).row == ids{far});
}

TEST_CASE("what a host sees of two coo is equal where shape, places and values are") {
  const fg::host_coo<float> a{{2, 3}, {0, 1}, {2, 0}, {5, 6}};
  auto b = a;
  CHECK(a == b);
  b.shape.cols = 4;
  CHECK(a != b);
  b = a;
  b.row[1] = 0;
  CHECK(a != b);
  b = a;
  b.col[1] = 1;
  CHECK(a != b);
  b = a;
  b.value[1] = 7;
  CHECK(a != b);
}

TEST_CASE("coo of different sizes, or of other columns, are not equal") {
  const fg::cpu on;
  using coo = fg::coo<float, fg::cpu>;
  const coo a(on, {2, 2}, ids{0, 1}, ids{0, 1}, list<float>{1, 2});
  CHECK_FALSE(equal(on, a, coo(on, {2, 2}, ids{0}, ids{0}, list<float>{1})));
  CHECK_FALSE(equal(on, a, coo(on, {2, 2}, ids{0, 1}, ids{0, 0}, list<float>{1, 2})));
}
