// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/tensor/matrix.hpp>

#include <utility>
#include <vector>

namespace fg = filigree;

TEMPLATE_TEST_CASE("a matrix holds its elements by row", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<T> host{1, 2, 3, 4, 5, 6};
  fg::matrix<T, B> a(on, host, {2, 3});
  CHECK(a.rows() == 2);
  CHECK(a.cols() == 3);
  CHECK(a.to_host(on) == host);
  CHECK(fg::matrix<T, B>::zeros(on, {2, 2}).to_host(on) == std::vector<T>(4));
  CHECK(fg::matrix<T, B>(on, {0, 3}).to_host(on).empty());

  const auto copy = a;
  const T* const memory = a.data();
  a.from_host(on, std::vector<T>{6, 5, 4, 3, 2, 1});
  CHECK(a.data() == memory);  // what looks at it sees the new elements
  CHECK(a.to_host(on).front() == 6);
  CHECK(copy.to_host(on) == host);

  const auto moved = std::move(a);
  CHECK(moved.data() == memory);
  CHECK(a.size() == 0);  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("a matrix says how many elements it expects") {
  const fg::reference on;
  using matrix = fg::matrix<float, fg::reference>;
  const std::vector<float> five(5);
  CHECK_THROWS_WITH(matrix(on, five, {2, 3}), "matrix: elements: expected 6, got 5");
  CHECK_THROWS_WITH(matrix(fg::host_buffer<float>(5), {2, 2}),
                    "matrix: elements: expected 4, got 5");
  matrix a(on, {2, 3});
  CHECK_THROWS_WITH(a.from_host(on, five), "matrix: elements: expected 6, got 5");
}
