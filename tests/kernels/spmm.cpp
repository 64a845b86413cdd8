// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/spmm.hpp>
#include <filigree/kernels/spmm_reduce.hpp>

#include <vector>

namespace filigree {

namespace {
/// Row 0 pulls from columns 2 and 0 along edges 5 and 3, row 1 from nothing, row 2 from column 1
/// along edge 0.
struct drawn_pattern {
  std::vector<offset> row_begin{0, 2, 2, 3}, edge{5, 3, 0};
  std::vector<index> neighbor{2, 0, 1};
  pattern_view<> view{row_begin.data(), neighbor.data(), edge.data(), 3, 3, 3};
};
}  // namespace

TEST_CASE("spmm_row computes one row of the product") {
  const drawn_pattern a;
  const std::vector<float> w{1, 0, 0, 10, 0, 100}, x{1, 2, 3, 4, 5, 6};
  std::vector<float> y{7, 7, 7, 7, 7, 7};
  kernels::spmm_row<float> kernel{
      .a = a.view, .weight = w.data(), .x = {x.data(), 3, 2}, .y = {y.data(), 3, 2}};
  kernel(0);
  CHECK(y == std::vector<float>{510, 620, 7, 7, 7, 7});
  kernel(1);
  CHECK(y == std::vector<float>{510, 620, 0, 0, 7, 7});
  kernel.scale = 2;
  kernel.add = true;
  kernel(2);
  CHECK(y == std::vector<float>{510, 620, 0, 0, 13, 15});
  kernel.weight = nullptr;
  kernel(2);
  CHECK(y == std::vector<float>{510, 620, 0, 0, 19, 23});
}

TEST_CASE("spmm_row computes selected rows from present columns") {
  const drawn_pattern a;
  const std::vector<float> w{1, 0, 0, 10, 0, 100}, x{5, 6};
  std::vector<float> y{7, 7};
  const index rows[] = {0}, slot[] = {-1, -1, 0};  // only column 2 is there, as row 0 of x
  kernels::spmm_row<float>{.a = a.view,
                           .weight = w.data(),
                           .x = {x.data(), 1, 2},
                           .y = {y.data(), 1, 2},
                           .rows = rows,
                           .slot = slot}(0);
  CHECK(y == std::vector<float>{500, 600});
}

TEST_CASE("sddmm_row scores the edges of one row") {
  const drawn_pattern a;
  const std::vector<float> u{1, 10, 2, 20, 3, 30}, x{1, 2, 3, 4, 5, 6};
  std::vector<float> w(6, -1.0f);
  kernels::sddmm_row<float>{
      .pattern = a.view, .a = {u.data(), 3, 2}, .b = {x.data(), 3, 2}, .weight = w.data()}(0);
  CHECK(w == std::vector<float>{-1, -1, -1, 21, -1, 65});
}

TEST_CASE("spmm_row and sddmm_row take a row of -1 for one without entries") {
  const drawn_pattern a;
  const std::vector<float> x{1, 2, 3, 4, 5, 6};
  std::vector<float> y{7, 7}, w(6, -1.0f);
  const index rows[] = {-1};
  kernels::spmm_row<float> kernel{
      .a = a.view, .x = {x.data(), 3, 2}, .y = {y.data(), 1, 2}, .add = true, .rows = rows};
  kernel(0);
  CHECK(y == std::vector<float>{7, 7});
  kernel.add = false;
  kernel(0);
  CHECK(y == std::vector<float>{0, 0});
  kernels::sddmm_row<float>{.pattern = a.view,
                            .a = {x.data(), 1, 2},
                            .b = {x.data(), 3, 2},
                            .weight = w.data(),
                            .rows = rows}(0);
  CHECK(w == std::vector<float>(6, -1.0f));
}

TEST_CASE("spmm_max_row names the edge that wins each column") {
  const drawn_pattern a;
  const std::vector<float> w{1, 0, 0, 10, 0, 1}, x{1, -2, 3, 4, 5, 6};
  std::vector<float> y(6, 7.0f);
  std::vector<offset> winner(6, 7);
  const kernels::spmm_max_row<float> kernel{
      a.view, w.data(), {x.data(), 3, 2}, {y.data(), 3, 2}, winner.data()};
  kernel(0);
  kernel(1);
  CHECK(y == std::vector<float>{10, 6, 0, 0, 7, 7});
  CHECK(winner == std::vector<offset>{3, 5, -1, -1, 7, 7});
}

}  // namespace filigree
