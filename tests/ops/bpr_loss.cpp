// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "operation_check.hpp"
#include "setting.hpp"
#include <filigree/ops/bpr_loss.hpp>

#include <cmath>
#include <vector>

namespace filigree {

namespace {
template <backend B>
triples<B> batch_of(const B& on, const std::vector<index>& users_positives_negatives, offset count,
                    offset negatives, offset bound) {
  return {row_set_of(on, users_positives_negatives, bound), count, negatives};
}
}  // namespace

TEMPLATE_TEST_CASE("bpr_loss is the softplus of the negative's lead", "", EVERYWHERE) {
  const setting<TestType> s;
  // Two triples of user 0: item 1 above item 2, and item 2 above item 1.
  const auto batch = batch_of(s.on, {0, 0, 1, 2, 2, 1}, 2, 1, 3);
  const auto x = s.drawn({{1, 0}, {2, 0}, {0, 7}});
  const double p = 1 / (1 + std::exp(2));  // of the wrong order in the first triple
  check_close(s.forward(bpr_loss{batch}, x), {-(std::log(1 - p) + std::log(p)) / 2});
  // The user moves by the sum of odds * (negative - positive) / 2, the items by odds * user.
  const double a = p / 2, b = (1 - p) / 2;
  check_close(s.backward(bpr_loss{batch}, s.drawn({{1}}), x)[0],
              {2 * (b - a), 7 * (a - b), b - a, 0, a - b, 0});
}

TEMPLATE_TEST_CASE("bpr_loss survives large scores and shows NaN", "", EVERYWHERE) {
  const setting<TestType> s;
  const auto x = s.drawn({{100}, {50}, {-50}});
  const auto dy = s.drawn({{1}});
  const auto right = batch_of(s.on, {0, 1, 2}, 1, 1, 3), wrong = batch_of(s.on, {0, 2, 1}, 1, 1, 3);
  check_close(s.forward(bpr_loss{right}, x), {0});
  check_close(s.forward(bpr_loss{wrong}, x), {10000});
  check_close(s.backward(bpr_loss{right}, dy, x)[0], {0, 0, 0});
  check_close(s.backward(bpr_loss{wrong}, dy, x)[0], {100, 100, -100});
  CHECK(std::isnan(s.forward(bpr_loss{right}, s.drawn({{1}, {NAN}, {0}}))[0]));
}

TEST_CASE("bpr_loss says what does not fit") {
  const reference on;
  const auto batch = batch_of(on, {0, 1, 2}, 1, 1, 5);
  CHECK_THROWS_WITH(bpr_loss{batch}.shape(sized(5, 2)), "bpr_loss: rows of x: expected 3, got 5");
  const auto none = batch_of(on, {}, 0, 1, 5);
  CHECK_THROWS_WITH(bpr_loss{none}.shape(sized(0, 2)),
                    "bpr_loss: triples: expected at least 1, got 0");
}

OPERATION_CHECK(bpr_loss) {
  return check_operation([](auto& run) {
    const offset bound = run.choose(5, 200), count = run.choose(4, 500);
    for (const offset negatives : {1, 3}) {
      const auto batch = batch_of(run.on(), run.random_ids((2 + negatives) * count, bound), count,
                                  negatives, bound);
      run(bpr_loss{batch}, shape{batch.rows.size(), run.choose(3, 70)});
    }
  });
}

}  // namespace filigree
