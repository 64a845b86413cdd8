// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/cross_entropy.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace filigree {

namespace {
template <backend B>
labeled_rows<B> labeled(const B& on, const std::vector<index>& row, const std::vector<index>& label,
                        shape scores) {
  return make_labeled_rows(on, std::span(row), std::span(label), scores);
}
}  // namespace

TEMPLATE_TEST_CASE("cross_entropy is the mean over labeled rows", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{0, std::log(3)}, {9, 9}, {0, 0}});
  const auto of = labeled(s.on, {0, 2}, {1, 0}, x.shape());
  check_close(s.forward(cross_entropy{of}, x), {(std::log(4.0 / 3) + std::log(2)) / 2});
  check_close(s.backward(cross_entropy{of}, s.drawn({{1}}), x)[0], {.125, -.125, 0, 0, -.25, .25});
}

TEMPLATE_TEST_CASE("cross_entropy survives large scores and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{5000, -5000}, {NAN, 0}});
  CHECK(s.forward(cross_entropy{labeled(s.on, {0}, {0}, {2, 2})}, x)[0] == 0);
  CHECK(s.forward(cross_entropy{labeled(s.on, {0}, {1}, {2, 2})}, x)[0] == 10000);
  CHECK(std::isnan(s.forward(cross_entropy{labeled(s.on, {1}, {1}, {2, 2})}, x)[0]));
}

TEST_CASE("cross_entropy names a label that is out of range, and what else does not fit") {
  const reference on;
  CHECK_THROWS_WITH(labeled(on, {0, 1}, {1, 3}, {2, 3}),
                    "cross_entropy: label of entry 1: expected 0 to 2, got 3");
  CHECK_THROWS_WITH(labeled(on, {0, 1}, {-1, 2}, {2, 3}),
                    "cross_entropy: label of entry 0: expected 0 to 2, got -1");
  CHECK_THROWS_WITH(labeled(on, {0, 2}, {0, 0}, {2, 3}),
                    "cross_entropy: row of entry 1: expected 0 to 1, got 2");
  CHECK_THROWS_WITH(labeled(on, {0, 1}, {0}, {2, 3}), "cross_entropy: labels: expected 2, got 1");
  CHECK_THROWS_WITH(labeled(on, {}, {}, {2, 3}),
                    "cross_entropy: labeled rows: expected at least 1, got 0");
  const auto of = labeled(on, {0}, {0}, {2, 3});
  CHECK_THROWS_WITH(cross_entropy{of}.shape(sized(3, 3)),
                    "cross_entropy: rows of x: expected 2, got 3");
  CHECK_THROWS_WITH(cross_entropy{of}.shape(sized(2, 2)),
                    "cross_entropy: columns of x: expected 3, got 2");
}

OPERATION_CHECK(cross_entropy) {
  return check_operation([](auto& run) {
    const shape s{run.choose(5, 400), run.choose(3, 70)};
    const offset n = run.choose(6, 300);
    const auto row = run.random_ids(n, s.rows), label = run.random_ids(n, s.cols);
    const auto of = labeled(run.on(), row, label, s);
    run(cross_entropy{of}, s);
  });
}

}  // namespace filigree
