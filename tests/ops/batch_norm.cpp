// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/batch_norm.hpp>

#include <cmath>
#include <type_traits>

namespace filigree {

TEMPLATE_TEST_CASE("batch_norm normalizes each column by its mean and variance, and leaves them",
                   "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const double root3 = std::sqrt(3);
  const auto x = s.drawn({{1, 5}, {3, 5}}), gain = s.drawn({{2, 4}}), shift = s.drawn({{10, 20}});
  matrix<T, B> mean, variance;
  // Column 0: mean 2, 1 / sqrt(1 + 3); column 1: mean 5, 1 / sqrt(0 + 3).
  const batch_norm<T, B> op{3, nullptr, nullptr, &mean, &variance};
  check_close(s.forward(op, x, gain, shift), {9, 20, 11, 20});
  check_close(mean.to_host(s.on), {2, 5});
  check_close(variance.to_host(s.on), {2, 0});
  const auto d = s.backward(op, s.drawn({{1, 3}, {0, 5}}), x, gain, shift);
  check_close(d[0], {0.375, -4 / root3, -0.375, 4 / root3});
  check_close(d[1], {-0.5, 0});
  check_close(d[2], {1, 8});
}

TEMPLATE_TEST_CASE("batch_norm takes statistics as constants", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{1, 5}, {3, 5}}), gain = s.drawn({{2, 4}}), shift = s.drawn({{10, 20}});
  const auto mean = s.drawn({{1, 1}}), variance = s.drawn({{1, 13}});
  const batch_norm op{3, &mean, &variance};
  check_close(s.forward(op, x, gain, shift), {10, 24, 12, 24});
  const auto d = s.backward(op, s.drawn({{1, 3}, {0, 5}}), x, gain, shift);
  check_close(d[0], {1, 3, 0, 5});
  check_close(d[1], {0, 8});
  check_close(d[2], {1, 8});
}

TEMPLATE_TEST_CASE(
    "batch_norm gives the shift for one row, nothing for none, and leaves neither's statistics", "",
    EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto gain = s.drawn({{2, 4}}), shift = s.drawn({{10, 20}});
  matrix<T, B> mean, variance;
  const batch_norm<T, B> op{1e-5, nullptr, nullptr, &mean, &variance};
  check_close(s.forward(op, s.drawn({{7, -8}}), gain, shift), {10, 20});
  CHECK(s.forward(op, matrix<T, B>(s.on, {0, 2}), gain, shift).empty());
  CHECK((mean.size() == 0 && variance.size() == 0));
}

TEMPLATE_TEST_CASE("batch_norm loses nothing to a large mean", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto x = s.drawn({{1e6}, {1e6 + 2}}), gain = s.drawn({{1}}), shift = s.drawn({{0}});
  check_close(s.forward(batch_norm<T, B>{0}, x, gain, shift), {-1, 1});
}

TEST_CASE("batch_norm says what does not fit") {
  const reference on;
  const matrix<float, reference> row(on, {1, 2}), other(on, {2, 2}), narrow(on, {1, 1});
  using norm = batch_norm<float, reference>;
  const auto shape_of = [](const norm& op, offset gain_rows, offset shift_columns) {
    return op.shape(sized(3, 2), sized(gain_rows, 2), sized(1, shift_columns));
  };
  CHECK_THROWS_WITH(shape_of(norm{-1}, 1, 2), "batch_norm: epsilon: expected at least 0, got -1");
  CHECK_THROWS_WITH(shape_of(norm{}, 3, 2), "batch_norm: rows of gain: expected 1, got 3");
  CHECK_THROWS_WITH(shape_of(norm{}, 1, 3), "batch_norm: columns of shift: expected 2, got 3");
  CHECK_THROWS_WITH(shape_of(norm{1e-5, &other, &row}, 1, 2),
                    "batch_norm: rows of mean: expected 1, got 2");
  CHECK_THROWS_WITH(shape_of(norm{1e-5, &row, &narrow}, 1, 2),
                    "batch_norm: columns of variance: expected 2, got 1");
  CHECK_THROWS_WITH(shape_of(norm{1e-5, &row}, 1, 2),
                    "batch_norm: mean and variance: expected both or neither, got one");
}

OPERATION_CHECK(batch_norm) {
  return check_operation([](auto& run) {
    const shape s{run.choose(5, 4500), run.choose(3, 70)}, row{1, s.cols};
    auto mean = run.random(row, 7), variance = run.random(row, 8);
    using norm =
        batch_norm<typename decltype(mean)::scalar, std::remove_cvref_t<decltype(run.on())>>;
    run(norm{}, s, row, row);
    run(norm{1e-5, nullptr, nullptr, &mean, &variance}, s, row, row);
    run(norm{}, shape{1, s.cols}, row, row);
    run(norm{}, shape{0, s.cols}, row, row);
    auto host = variance.to_host(run.on());
    for (auto& v : host) v = std::abs(v);
    variance.from_host(run.on(), host);
    run(norm{1e-5, &mean, &variance}, s, row, row);
  });
}

}  // namespace filigree
