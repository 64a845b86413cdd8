// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "random_values.hpp"
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/backend/reference.hpp>

#include <array>
#include <vector>

namespace fg = filigree;
using fg::offset;

namespace {
template <class T>
using list = std::vector<T>;

/// What matmul makes of a c (rows x cols) full of ones; bits of `variant`: transpose a, transpose
/// b, add, scale.
template <class T, class B>
list<T> product(const B& on, offset rows, offset depth, offset cols, int variant) {
  const auto wants = [&](int bit) { return (variant >> bit & 1) != 0; };
  const auto a = normals<T>(rows * depth, 1), b = normals<T>(depth * cols, 2);
  list<T> c(static_cast<std::size_t>(rows * cols), T(1));
  fg::matmul_into(on, fg::kernels::matmul_cell<T>{
                          .a = {a.data(), wants(0) ? depth : rows, wants(0) ? rows : depth},
                          .b = {b.data(), wants(1) ? cols : depth, wants(1) ? depth : cols},
                          .c = {c.data(), rows, cols},
                          .transpose_a = wants(0),
                          .transpose_b = wants(1),
                          .scale = wants(3) ? T(-0.5) : T(1),
                          .add = wants(2)});
  return c;
}
}  // namespace

// [ 1 2 ] [ 5 6 ]   [ 19 22 ]
// [ 3 4 ] [ 7 8 ] = [ 43 50 ]
TEMPLATE_TEST_CASE("matmul multiplies", "", fg::reference, fg::cpu) {
  const TestType on;
  const list<float> a{1, 2, 3, 4}, b{5, 6, 7, 8};
  list<float> c(4, 1);
  fg::kernels::matmul_cell<float> k{
      .a = {a.data(), 2, 2}, .b = {b.data(), 2, 2}, .c = {c.data(), 2, 2}};
  fg::matmul_into(on, k);
  CHECK(c == list<float>{19, 22, 43, 50});
  k.add = true;
  k.scale = 2;
  fg::matmul_into(on, k);
  CHECK(c == list<float>{57, 66, 129, 150});
  k.add = false;
  k.transpose_a = true;
  k.scale = 1;
  fg::matmul_into(on, k);
  CHECK(c == list<float>{26, 30, 38, 44});
  k.transpose_b = true;
  fg::matmul_into(on, k);
  CHECK(c == list<float>{23, 31, 34, 46});
}

TEMPLATE_TEST_CASE("matmul agrees with the reference, to the same bits with any threads", "", float,
                   double) {
  const double tolerance = std::same_as<TestType, float> ? 1e-4 : 1e-12;
  const std::array<offset, 3> shapes[] = {{1, 1, 1},     {0, 3, 4},     {3, 0, 4},     {3, 4, 0},
                                          {5, 7, 9},     {1, 300, 1},   {300, 1, 1},   {1, 64, 300},
                                          {129, 64, 65}, {300, 100, 1}, {700, 33, 128}};
  for (const auto& [rows, depth, cols] : shapes)
    for (int variant = 0; variant < 16; ++variant) {
      CAPTURE(rows, depth, cols, variant);
      const auto expected = product<TestType>(fg::reference{}, rows, depth, cols, variant);
      const auto one = product<TestType>(fg::cpu{.threads = 1}, rows, depth, cols, variant);
      REQUIRE(distance(expected, one) < tolerance);
      REQUIRE(one == product<TestType>(fg::cpu{.threads = 2}, rows, depth, cols, variant));
      REQUIRE(one == product<TestType>(fg::cpu{.threads = 3}, rows, depth, cols, variant));
    }
}
