// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/cross_entropy.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/row_set.hpp>

#include <cstdint>
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

TEST_CASE("the room that distinct ids leave free is padding") {
  // The list 4 7 4, sorted, in room for as many rows as it has ids.
  const std::vector<std::uint32_t> keys{4, 4, 7};
  const std::vector<index> position{0, 2, 1}, run{0, 1, 1, 2};
  std::vector<index> rows(3, 9), local(3, 9), slot(8, -1);
  std::vector<offset> begin(4, 9);
  const kernels::number_runs number{keys.data(), position.data(), run.data(),   3,          3,
                                    rows.data(), begin.data(),    local.data(), slot.data()};
  for (offset k = 0; k <= 3; ++k) number(k);
  CHECK(rows == std::vector<index>{4, 7, -1});
  CHECK(begin == std::vector<offset>{0, 2, 3, 3});
  CHECK(local == std::vector<index>{0, 1, 0});
  CHECK(slot == std::vector<index>{-1, -1, -1, -1, 0, -1, -1, 1});
}

}  // namespace filigree
