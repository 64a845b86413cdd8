// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/core/index.hpp>
#include <filigree/core/views.hpp>

#include <vector>

namespace fg = filigree;

TEST_CASE("narrow keeps numbers that fit") {
  CHECK(fg::narrow<fg::index>(std::int64_t{2147483647}, "n") == 2147483647);
  CHECK(fg::narrow<fg::index>(std::int64_t{-2147483648}, "n") == -2147483647 - 1);
  CHECK(fg::narrow<std::uint8_t>(255, "n") == 255);
  CHECK(fg::narrow<fg::offset>(std::uint64_t{7}, "n") == 7);
  static_assert(fg::narrow<std::int8_t>(-128, "n") == -128);
}

TEST_CASE("narrow names what does not fit, and its bound") {
  CHECK_THROWS_WITH(fg::narrow<fg::index>(std::int64_t{1} << 31, "csr: columns"),
                    "csr: columns: expected at most 2147483647, got 2147483648");
  CHECK_THROWS_WITH(fg::narrow<fg::index>(-(std::int64_t{1} << 40), "users"),
                    "users: expected at least -2147483648, got -1099511627776");
  CHECK_THROWS_WITH(fg::narrow<std::uint32_t>(-1, "size"), "size: expected at least 0, got -1");
  CHECK_THROWS_WITH(fg::narrow<fg::offset>(std::uint64_t{1} << 63, "entries"),
                    "entries: expected at most 9223372036854775807, got 9223372036854775808");
  CHECK_THROWS_AS(fg::narrow<std::int8_t>(128, "n"), fg::range_error);
}

TEST_CASE("views name rows, elements and shapes of memory that others own") {
  std::vector<float> x{1, 2, 3, 4, 5, 6};
  const fg::matrix_view<float> a{x.data(), 3, 2};
  CHECK(a(1, 0) == 3);
  CHECK(*a.row(2) == 5);
  CHECK(a.size() == 6);
  CHECK(a.shape() == fg::shape{3, 2});
  const auto last = a.rows_from(1, 2);
  CHECK(last.shape() == fg::shape{2, 2});
  last(0, 1) = 40;
  CHECK(x[3] == 40);
  const fg::matrix_view<const float> fixed = a;
  CHECK(fixed(1, 1) == 40);
  CHECK_FALSE(fg::gradient<float>{});
  CHECK(fg::gradient<float>{a});
  const fg::offset edge[] = {7, 5};
  CHECK(fg::pattern_view<>{}.edge_of(3) == 3);
  CHECK(fg::pattern_view<>{.edge = edge}.edge_of(1) == 5);
}

TEST_CASE("a shape error says what was expected and what came") {
  CHECK(std::string(fg::shape_error("spmm: rows of x", 120, 96).what()) ==
        "spmm: rows of x: expected 120, got 96");
  CHECK_NOTHROW(fg::detail::expect_equal("a", 3, 3));
  CHECK_THROWS_AS(fg::detail::expect_equal("a", 3, 4), fg::shape_error);
  CHECK_THROWS_AS(fg::detail::expect_equal("a", 3, 4), fg::error);
}
