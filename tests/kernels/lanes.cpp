// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/columns.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/rows.hpp>

#include <vector>

namespace filigree {

namespace {
/// One of three lanes that never speak to each other.
struct lane_of_3 {
  offset r;
  [[nodiscard]] offset rank() const { return r; }
  [[nodiscard]] static constexpr offset size() { return 3; }
};

using list = std::vector<float>;

const list dozen{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const matrix_view<const float> drawn{dozen.data(), 3, 4};

/// Whether three lanes, one after the other, do to y (3 x 4) what one does, for each of `calls`
/// rows. `make` puts the kernel together.
template <class Make>
bool same_by_three(offset calls, const Make& make) {
  list alone(12, 1.0f), shared = alone;
  const auto by_one = make(matrix_view<float>{alone.data(), 3, 4});
  const auto by_three = make(matrix_view<float>{shared.data(), 3, 4});
  for (offset i = 0; i < calls; ++i) {
    by_one(i);
    for (offset r = 0; r < 3; ++r) by_three(i, lane_of_3{r});
  }
  return alone == shared;
}
}  // namespace

TEST_CASE("one lane is alone") {
  constexpr kernels::one_lane lane;
  STATIC_REQUIRE(lane.rank() == 0);
  STATIC_REQUIRE(lane.size() == 1);
  CHECK(lane.sum(2.5) == 2.5);
  CHECK(lane.max(-2) == -2);
  CHECK(lane.any(true));
  CHECK_FALSE(lane.any(false));
  CHECK(lane.from(0, 7) == 7);
  lane.sync();
}

TEST_CASE("lanes share the columns of a row") {
  const std::vector<index> row{2, 0, -1};
  using out = matrix_view<float>;
  CHECK(same_by_three(3, [&](out y) { return kernels::copy_row<float>{row.data(), drawn, y}; }));
  CHECK(same_by_three(3, [&](out y) { return kernels::add_to_row<float>{row.data(), drawn, y}; }));
  CHECK(same_by_three(3, [&](out y) {
    return kernels::sum_with_row<float>{row.data(), drawn, drawn, y};
  }));

  const matrix_view<const float> narrow{dozen.data(), 3, 2};
  CHECK(same_by_three(3, [&](out y) { return kernels::put_columns<float>{narrow, y, 1}; }));
  const matrix_view<const float> wide{dozen.data(), 2, 6};
  CHECK(same_by_three(2, [&](out y) { return kernels::add_columns<float>{wide, y, 1}; }));

  const std::vector<index> rows{0, 2}, position{1, 0, 2}, local{1, 0, 1}, slot{0, -1, 1};
  const std::vector<offset> begin{0, 1, 3};
  const kernels::grouped_rows ids{rows.data(), begin.data(), position.data(), local.data(),
                                  slot.data()};
  for (const bool add : {false, true})
    CHECK(same_by_three(3, [&](out y) { return kernels::gather_row<float>{ids, drawn, y, add}; }));
  CHECK(same_by_three(3, [&](out y) { return kernels::scatter_row<float>{ids, drawn, y}; }));
  CHECK(same_by_three(2, [&](out y) { return kernels::scatter_add_row<float>{ids, drawn, y}; }));
}

}  // namespace filigree
