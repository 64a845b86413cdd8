// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include <filigree/kernels/columns.hpp>
#include <filigree/kernels/cross_entropy.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/gather.hpp>
#include <filigree/kernels/heads.hpp>
#include <filigree/kernels/lanes.hpp>
#include <filigree/kernels/layer_norm.hpp>
#include <filigree/kernels/rows.hpp>
#include <filigree/kernels/sweep.hpp>

#include <algorithm>
#include <array>
#include <barrier>
#include <thread>
#include <type_traits>
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

/// One of three lanes that are threads, and hear each other.
struct thread_of_3 {
  struct meeting {
    std::barrier<> all{3};
    std::array<double, 3> said{};
  };
  offset r;
  meeting* at;
  [[nodiscard]] offset rank() const { return r; }
  [[nodiscard]] static constexpr offset size() { return 3; }
  [[nodiscard]] std::array<double, 3> hear(double x) const {
    at->said[static_cast<std::size_t>(r)] = x;
    at->all.arrive_and_wait();
    const auto heard = at->said;
    at->all.arrive_and_wait();
    return heard;
  }
  template <class T>
  [[nodiscard]] T sum(T x) const {
    const auto heard = hear(x);
    return static_cast<T>(heard[0] + heard[1] + heard[2]);
  }
  template <class T>
  [[nodiscard]] T max(T x) const {
    return static_cast<T>(std::ranges::max(hear(x)));
  }
  template <class T>
  [[nodiscard]] T from(offset lane, T x) const {
    return static_cast<T>(hear(x)[static_cast<std::size_t>(lane)]);
  }
};

/// What `calls` rows leave in y, twelve ones at first, by one lane and by three threads. `make`
/// puts the kernel together.
template <class Make>
void check_by_threads(offset calls, const Make& make) {
  list alone(12, 1.0f), shared = alone;
  const auto by_one = make(alone.data());
  for (offset i = 0; i < calls; ++i) by_one(i);
  const auto by_three = make(shared.data());
  thread_of_3::meeting at;
  std::vector<std::thread> lanes;
  for (offset r = 0; r < 3; ++r)
    lanes.emplace_back([&, r] {
      for (offset i = 0; i < calls; ++i) by_three(i, thread_of_3{r, &at});
    });
  for (auto& lane : lanes) lane.join();
  for (std::size_t k = 0; k < alone.size(); ++k) CHECK(shared[k] == Approx(alone[k]));
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

TEST_CASE("lanes that hear each other leave of a row what one lane leaves") {
  // [ 1 2 3 4 ]
  // [ . . . . ]
  // [ 5 . 6 . ]
  const std::vector<offset> begin{0, 4, 4, 6};
  const std::vector<index> neighbor{0, 1, 2, 3, 0, 2};
  const pattern_view<> a{begin.data(), neighbor.data(), nullptr, 3, 4, 6};
  const list value{3, 1, 2, 4, 6, 5};
  using kernels::row_statistic;
  const auto reduces = [&]<row_statistic How>(std::integral_constant<row_statistic, How>) {
    check_by_threads(3, [&](float* y) {
      return kernels::reduce_row<How, float, index, offset>{a, value.data(), y};
    });
  };
  reduces(std::integral_constant<row_statistic, row_statistic::sum>{});
  reduces(std::integral_constant<row_statistic, row_statistic::mean>{});
  reduces(std::integral_constant<row_statistic, row_statistic::min>{});
  reduces(std::integral_constant<row_statistic, row_statistic::max>{});

  // Two heads, of three columns each and of eight.
  const list wide(64, 0.5f);
  for (const offset width : {2, 8})
    for (const bool add : {false, true})
      check_by_threads(3, [&](float* y) {
        const matrix_view<const float> dy{wide.data(), 3, 2 * width}, x{wide.data(), 4, 2 * width};
        return kernels::spmm_heads_weight_back<float>{a, dy, x, {y, 6, 2}, add};
      });

  const list gain{1, 2, 3, 4};
  check_by_threads(3, [&](float* y) {
    return kernels::layer_norm_row_back<float>{1e-3f, drawn, drawn, gain.data(), nullptr, y};
  });
  check_by_threads(3, [&](float* y) {
    return kernels::layer_norm_row_back<float>{1e-3f, drawn, drawn, gain.data(), y, nullptr};
  });

  const std::vector<index> rows{0, 2}, position{1, 0, 2}, local{1, 0, 1}, slot{0, -1, 1};
  const std::vector<offset> starts{0, 1, 3};
  const std::vector<index> label{1, 0, 3};
  const float slope = 6;
  check_by_threads(2, [&](float* y) {
    return kernels::cross_entropy_row_back<float>{
        {rows.data(), starts.data(), position.data(), local.data(), slot.data()},
        label.data(),
        3,
        {&slope, 1, 1},
        drawn,
        {y, 3, 4}};
  });

  const list pivots{2, 4, 1};
  for (const offset k : {0, 1, 2})
    check_by_threads(3, [&](float* y) {
      return kernels::sweep_row<float>{{y, 3, 3}, pivots.data(), k};
    });
}

}  // namespace filigree
