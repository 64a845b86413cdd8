// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/batch_norm.hpp>

namespace filigree {

TEMPLATE_TEST_CASE("batch_norm gives each column the mean 0 and the deviation 1", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto x = s.drawn({{1, -5}, {3, 5}});
  matrix<T, B> mean, variance;
  batch_norm<T, B> op{.epsilon = 0, .next_mean = &mean, .next_variance = &variance};
  check_close(s.forward(op, x, s.drawn({{1, 2}}), s.drawn({{0, 10}})), {-1, 8, 1, 12});
  check_close(mean.to_host(s.on), {2, 0});
  check_close(variance.to_host(s.on), {1, 25});
}

TEMPLATE_TEST_CASE("batch_norm takes the moments that it is given", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto mean = s.drawn({{1, 2}}), variance = s.drawn({{4, 1}});
  const batch_norm<T, B> op{.epsilon = 0, .mean = &mean, .variance = &variance};
  const auto x = s.drawn({{3, 3}}), gain = s.drawn({{1, 10}}), shift = s.drawn({{0, 5}});
  check_close(s.forward(op, x, gain, shift), {1, 15});
  const auto d = s.backward(op, s.drawn({{1, 1}}), x, gain, shift);
  check_close(d[0], {.5, 10});
  check_close(d[1], {1, 1});
  check_close(d[2], {1, 1});
}

TEMPLATE_TEST_CASE("batch_norm of one row is the shift, of none nothing", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const setting<TestType> s;
  const auto gain = s.drawn({{1, 1}}), shift = s.drawn({{3, 4}});
  check_close(s.forward(batch_norm<T, B>{}, s.drawn({{7, 8}}), gain, shift), {3, 4});
  const auto none = matrix<T, B>::zeros(s.on, {0, 2});
  CHECK(s.forward(batch_norm<T, B>{}, none, gain, shift).empty());
  check_close(s.backward(batch_norm<T, B>{}, none, none, gain, shift)[1], {0, 0});
}

TEST_CASE("batch_norm says which sizes it expects") {
  const auto x = sized(3, 2), row = sized(1, 2);
  const batch_norm<float, reference> op{};
  CHECK_THROWS_WITH(op.shape(x, sized(2, 2), row), "batch_norm: rows of gain: expected 1, got 2");
  CHECK_THROWS_WITH(op.shape(x, row, sized(1, 3)),
                    "batch_norm: columns of shift: expected 2, got 3");
  const matrix<float, reference> three(reference{}, {1, 3});
  CHECK_THROWS_WITH(
      (batch_norm<float, reference>{.mean = &three, .variance = &three}.shape(x, row, row)),
      "batch_norm: columns of mean: expected 2, got 3");
}

OPERATION_CHECK(batch_norm) {
  return check_operation([](auto& run) {
    const auto on = run.on();
    const offset columns = run.choose(3, 70);
    const shape row{1, columns}, all{run.choose(5, 700), columns};
    auto mean = run.random(row, 5), variance = run.random(row, 6);
    using M = decltype(mean);
    const batch_norm<typename M::scalar, std::remove_cvref_t<decltype(on)>> free{};
    run(free, all, row, row);
    on.for_each(columns, kernels::product<typename M::scalar>{variance.data(), variance.data(),
                                                              variance.data()});
    auto given = free;
    given.mean = &mean;
    given.variance = &variance;
    given.epsilon = 0.1;
    run(given, all, row, row);
  });
}

}  // namespace filigree
