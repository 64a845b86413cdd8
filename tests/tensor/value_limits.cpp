// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/tensor/convert.hpp>
#include <filigree/tensor/reduce.hpp>
#include <filigree/tensor/scale.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace fg = filigree;

namespace {
template <class T>
using list = std::vector<T>;
using ids = std::vector<fg::index>;
using starts = std::vector<fg::offset>;
using Catch::Message;
using fg::range_error;

constexpr auto most = std::numeric_limits<std::int64_t>::max();

/// One row.
template <class T, class B>
fg::csr<T, B> row_of(const B& on, const list<T>& value) {
  ids column;
  for (std::size_t k = 0; k < value.size(); ++k) column.push_back(static_cast<fg::index>(k));
  const auto n = static_cast<fg::offset>(value.size());
  return fg::csr<T, B>(on, {1, n}, starts{0, n}, column, value);
}

/// Values that share a place, added up.
template <class T, class B>
T merged(const B& on, const list<T>& value) {
  const ids row(value.size(), 1), column(value.size(), 2);
  return fg::csr<T, B>::from_entries(on, {3, 4}, row, column, value, fg::duplicates::sum)
      .to_host(on)
      .value.front();
}
}  // namespace

TEMPLATE_TEST_CASE("duplicates of narrow integers add up in 64 bits and must fit the type", "",
                   BACKENDS) {
  const TestType on;
  CHECK(merged<std::uint8_t>(on, {254, 1}) == 255);
  CHECK_THROWS_MATCHES(merged<std::uint8_t>(on, {255, 1}), range_error,
                       Message("csr: sum of the entries at (1, 2): expected 0 to 255, got 256"));
  // Only the sum counts, not what it was on the way.
  CHECK(merged<std::int8_t>(on, {127, 1, -1}) == 127);
  CHECK(merged<std::int32_t>(on, {2147483647, 1, -2}) == 2147483646);
  CHECK_THROWS_MATCHES(merged<std::int32_t>(on, {2147483647, 1}), range_error,
                       Message("csr: sum of the entries at (1, 2): expected -2147483648 to "
                               "2147483647, got 2147483648"));
  CHECK(merged<std::int64_t>(on, {most, 1, -1}) == most);
  CHECK_THROWS_MATCHES(merged<std::int64_t>(on, {-most, -2}), range_error,
                       Message("csr: sum of the entries at (1, 2): expected -9223372036854775808 "
                               "to 9223372036854775807, got -9223372036854775809"));
  const std::vector<std::uint8_t> full{255, 255};
  const ids row{0, 0};
  CHECK_THROWS_MATCHES(
      (fg::coo<std::uint8_t, TestType>(on, {1, 1}, row, row, full, fg::duplicates::sum)),
      range_error, Message("coo: sum of the entries at (0, 0): expected 0 to 255, got 510"));
}

TEMPLATE_TEST_CASE("rows of narrow integers add up in 64 bits", "", BACKENDS) {
  const TestType on;
  const auto bytes = row_of<std::uint8_t>(on, {255, 200, 1});
  CHECK(row_mean(on, bytes).to_host(on) == list<std::uint8_t>{152});
  CHECK_THROWS_MATCHES(row_sum(on, bytes), range_error,
                       Message("row_sum: sum of row 0: expected 0 to 255, got 456"));
  CHECK(row_mean(on, row_of<std::int32_t>(on, {2147483647, 2147483645})).to_host(on) ==
        list<std::int32_t>{2147483646});
  CHECK(row_mean(on, row_of<std::int32_t>(on, {-3, -2})).to_host(on) == list<std::int32_t>{-2});
  CHECK(row_sum(on, row_of<std::int64_t>(on, {most, -1})).to_host(on) ==
        list<std::int64_t>{most - 1});
  CHECK_THROWS_MATCHES(row_mean(on, row_of<std::int64_t>(on, {most, 1})), range_error,
                       Message("row_mean: sum of row 0: expected -9223372036854775808 to "
                               "9223372036854775807, got 9223372036854775808"));
}

TEMPLATE_TEST_CASE("integers are scaled within their type", "", BACKENDS) {
  const TestType on;
  auto a = row_of<std::int8_t>(on, {100, -64, 3});
  const auto factors = [&](list<std::int8_t> f) {
    const auto n = static_cast<fg::offset>(f.size());
    return fg::matrix<std::int8_t, TestType>(on, std::span<const std::int8_t>(f), {n, 1});
  };
  scale_columns(on, a, factors({1, 2, 4}));
  const auto same = a.to_host(on);
  CHECK(same.value == list<std::int8_t>{100, -128, 12});
  CHECK_THROWS_MATCHES(scale_rows(on, a, factors({2})), range_error,
                       Message("scale_rows: value of entry 0: expected -128 to 127, got 200"));
  CHECK_THROWS_MATCHES(scale_columns(on, a, factors({1, -1, 1})), range_error,
                       Message("scale_columns: value of entry 1: expected -128 to 127, got 128"));
  CHECK(a.to_host(on) == same);
}

TEMPLATE_TEST_CASE("a cast refuses values beyond the other type", "", BACKENDS) {
  const TestType on;
  using B = TestType;
  const auto to_bytes = [&](auto value) {
    return fg::cast<fg::csr<std::uint8_t, B>>(on, row_of(on, std::vector{value}))
        .to_host(on)
        .value[0];
  };
  const auto to_ints = [&](auto value) {
    return fg::cast<fg::csr<std::int32_t, B>>(on, row_of(on, std::vector{value}))
        .to_host(on)
        .value[0];
  };
  CHECK(to_bytes(255.9) == 255);
  CHECK(to_bytes(-0.9f) == 0);
  CHECK(to_bytes(std::int64_t{7}) == 7);
  CHECK(to_ints(-2147483648.5) == std::numeric_limits<std::int32_t>::min());
  CHECK(to_ints(-2147483648.0f) == std::numeric_limits<std::int32_t>::min());
  const auto bytes = [](const char* got) {
    return Message(std::string("cast: value of entry 0: expected 0 to 255, got ") + got);
  };
  CHECK_THROWS_MATCHES(to_bytes(256.0), range_error, bytes("256.000000"));
  CHECK_THROWS_MATCHES(to_bytes(-1), range_error, bytes("-1"));
  CHECK_THROWS_MATCHES(to_bytes(std::numeric_limits<double>::infinity()), range_error,
                       bytes("inf"));
  CHECK_THROWS_AS(to_ints(2147483648.0f), range_error);
  CHECK_THROWS_AS(to_ints(std::int64_t{1} << 31), range_error);

  const auto to_float = [&](double x) {
    return fg::cast<fg::csr<float, B>>(on, row_of(on, std::vector{x})).to_host(on).value[0];
  };
  CHECK(to_float(1e38) == 1e38f);
  CHECK(to_float(-std::numeric_limits<double>::infinity()) ==
        -std::numeric_limits<float>::infinity());
  CHECK_THROWS_AS(to_float(-1e39), range_error);
}
