// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include <filigree/tensor/n_of_m.hpp>

#include <cstdint>
#include <limits>
#include <vector>

namespace fg = filigree;

// 2 of 4, the last group with two columns:  [ 1 0 0 2 | 0 0 ]
//                                           [ 0 3 0 0 | 4 5 ]
TEMPLATE_TEST_CASE("each group keeps values and positions", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const std::vector<T> dense{1, 0, 0, 2, 0, 0, 0, 3, 0, 0, 4, 5};
  const fg::matrix<T, B> m(on, std::span<const T>(dense), {2, 6});
  const fg::n_of_m a(on, m, 2, 4);
  CHECK(a.shape() == fg::shape{2, 6});
  CHECK(a.n() == 2);
  CHECK(a.m() == 4);
  CHECK(a.entries() == 8);
  const auto v = a.view();
  CHECK(v.groups() == 2);
  CHECK(fg::detail::fetch(on, v.value, 8) == std::vector<T>{1, 2, 0, 0, 3, 0, 4, 5});
  CHECK(fg::detail::fetch(on, v.position, 8) == std::vector<std::uint8_t>{0, 3, 0, 0, 1, 0, 0, 1});
  CHECK(to_dense(on, a).to_host(on) == dense);
}

TEMPLATE_TEST_CASE("n of m covers what is dense, empty or narrower than a group", "", BACKENDS) {
  const TestType on;
  const std::vector<float> dense{1, 2, 3, 4, 5, 6};
  const fg::matrix<float, TestType> m(on, std::span<const float>(dense), {2, 3});
  CHECK(to_dense(on, fg::n_of_m(on, m, 1, 1)).to_host(on) == dense);
  CHECK(to_dense(on, fg::n_of_m(on, m, 3, 256)).to_host(on) == dense);
  const fg::matrix<float, TestType> wide(on, fg::shape{0, 3}), tall(on, fg::shape{3, 0});
  CHECK(fg::n_of_m(on, wide, 2, 4).entries() == 0);
  CHECK(fg::n_of_m(on, tall, 2, 4).entries() == 0);
  CHECK(fg::n_of_m<float, TestType>().shape() == fg::shape{});
}

TEMPLATE_TEST_CASE("n_of_m names the group that is too full", "", BACKENDS) {
  const TestType on;
  const std::vector<float> dense{1, 0, 0, 2, 0, 0, 0, 3, 0, 0, 4, 5};
  fg::matrix<float, TestType> m(on, std::span<const float>(dense), {2, 6});
  CHECK_THROWS_WITH(fg::n_of_m(on, m, 1, 4),
                    "n_of_m: nonzeros in group 0 of row 0: expected at most 1, got 2");
  CHECK_THROWS_WITH(fg::n_of_m(on, m, 1, 3),
                    "n_of_m: nonzeros in group 1 of row 1: expected at most 1, got 2");
  CHECK_THROWS_WITH(fg::n_of_m(on, m, 2, 257), "n_of_m: m: expected 1 to 256, got 257");
  CHECK_THROWS_WITH(fg::n_of_m(on, m, 5, 4), "n_of_m: n: expected 1 to 4, got 5");
  CHECK_THROWS_WITH(fg::n_of_m(on, m, 0, 4), "n_of_m: n: expected 1 to 4, got 0");
  std::vector<float> bad(12);
  bad[7] = std::numeric_limits<float>::quiet_NaN();
  m.from_host(on, bad);
  CHECK_THROWS_WITH(fg::n_of_m(on, m, 2, 4),
                    "n_of_m: value of entry 7: expected a number, got nan");
}
