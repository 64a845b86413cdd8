// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/cross_entropy.hpp>
#include <filigree/kernels/gather.hpp>

#include <vector>

namespace filigree {

namespace {
/// The list 2, 0, 2 in a set padded to three rows.
struct padded_rows {
  std::vector<index> rows{0, 2, -1}, position{1, 0, 2}, local{1, 0, 1}, slot{0, -1, 1};
  std::vector<offset> begin{0, 1, 3, 3};
  kernels::grouped_rows view{rows.data(), begin.data(), position.data(), local.data(), slot.data()};
};
}  // namespace

TEST_CASE("scatter_add_row adds up what one row is given, and leaves padding out") {
  const padded_rows ids;
  const std::vector<float> x{1, 2, 3, 4, 5, 6};
  std::vector<float> y(6, 1.0f);
  const kernels::scatter_add_row<float> kernel{ids.view, {x.data(), 3, 2}, {y.data(), 3, 2}};
  kernel(1);
  kernel(2);
  CHECK(y == std::vector<float>{1, 1, 1, 1, 7, 9});
}

TEST_CASE("cross_entropy_row_back serves every label of a row, and leaves padding out") {
  const padded_rows ids;
  const std::vector<index> label{1, 0, 0};
  const std::vector<double> x(6, 0.0), dy{6};
  std::vector<double> dx(6, 1.0);
  const kernels::cross_entropy_row_back<double> kernel{
      ids.view, label.data(), 3, {dy.data(), 1, 1}, {x.data(), 3, 2}, {dx.data(), 3, 2}};
  kernel(0);
  CHECK(dx == std::vector<double>{0, 2, 1, 1, 1, 1});
  kernel(1);
  kernel(2);
  CHECK(dx == std::vector<double>{0, 2, 1, 1, 1, 1});
}

}  // namespace filigree
