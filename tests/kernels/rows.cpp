// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/rows.hpp>

#include <vector>

namespace filigree {

namespace {
const std::vector<float> numbers{1, 2, 3, 4, 5, 6};
const std::vector<index> picked{2, 0, -1};  // the last one is padding
}  // namespace

TEST_CASE("copy_row takes a row, and zeros for padding") {
  std::vector<float> y(6, 7.0f);
  const kernels::copy_row<float> kernel{picked.data(), {numbers.data(), 3, 2}, {y.data(), 3, 2}};
  kernel(0);
  kernel(2);
  CHECK(y == std::vector<float>{5, 6, 7, 7, 0, 0});
}

TEST_CASE("sum_with_row adds a row, and nothing for padding") {
  const std::vector<float> a{10, 20, 30, 40, 50, 60};
  std::vector<float> y(6, 7.0f);
  const kernels::sum_with_row<float> kernel{
      picked.data(), {a.data(), 3, 2}, {numbers.data(), 3, 2}, {y.data(), 3, 2}};
  kernel(0);
  kernel(2);
  CHECK(y == std::vector<float>{15, 26, 7, 7, 50, 60});
}

TEST_CASE("add_to_row adds to a row, and leaves padding out") {
  std::vector<float> y(6, 7.0f);
  const kernels::add_to_row<float> kernel{picked.data(), {numbers.data(), 3, 2}, {y.data(), 3, 2}};
  kernel(0);
  kernel(2);
  CHECK(y == std::vector<float>{7, 7, 7, 7, 8, 9});
}

}  // namespace filigree
