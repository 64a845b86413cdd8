// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "optim/row.hpp"
#include <filigree/optim/sgd.hpp>

#include <vector>

namespace filigree {

static_assert(optimizer<sgd, float, reference> && optimizer<sgd, double, cpu>);

namespace {
/// The value after each of the steps with these gradients, from 1.
template <class Where>
std::vector<double> path(const sgd& policy, const std::vector<double>& gradients) {
  using T = typename Where::scalar;
  const typename Where::backend on;
  typename sgd::state<T, typename Where::backend> s{policy};
  parameter p(row<T>(on, {1}));
  std::vector<double> values;
  for (const double g : gradients) {
    p.gradient = row<T>(on, {static_cast<T>(g)});
    s.step(on, p);
    values.push_back(static_cast<double>(p.value.to_host(on)[0]));
  }
  CHECK(p.slots.size() == (policy.momentum != 0 ? 1 : 0));
  return values;
}
}  // namespace

// Every number below is exact in binary.
TEMPLATE_TEST_CASE("sgd goes against the gradient", "", EVERYWHERE) {
  CHECK(path<TestType>({.rate = 0.125f}, {2, 1, -4}) == std::vector<double>{0.75, 0.625, 1.125});
}

TEMPLATE_TEST_CASE("sgd with momentum remembers where it went", "", EVERYWHERE) {
  // Velocities 2, 0.5 * 2 + 1 = 2, 0.5 * 2 - 4 = -3.
  CHECK(path<TestType>({.rate = 0.125f, .momentum = 0.5f}, {2, 1, -4}) ==
        std::vector<double>{0.75, 0.5, 0.875});
}

TEMPLATE_TEST_CASE("sgd after Nesterov looks ahead", "", EVERYWHERE) {
  // Steps 2 + 1 = 3, 1 + 1 = 2, -4 - 1.5 = -5.5.
  CHECK(path<TestType>({.rate = 0.125f, .momentum = 0.5f, .nesterov = true}, {2, 1, -4}) ==
        std::vector<double>{0.625, 0.375, 1.0625});
}

TEMPLATE_TEST_CASE("sgd leaves masked elements and keeps their velocity at zero", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  typename sgd::state<T, typename TestType::backend> s{sgd{.rate = 0.5f, .momentum = 0.5f}};
  parameter p(row<T>(on, {1, T(0.1)}));
  const auto step = [&] {
    p.gradient = row<T>(on, {2, 3});
    s.step(on, p);
  };
  step();
  const T before = p.value.to_host(on)[1];
  p.mask = row<T>(on, {1, 0});
  step();
  step();
  CHECK(p.value.to_host(on)[1] == before);
  CHECK(p.slots.at("sgd.velocity").to_host(on)[1] == 0);
  CHECK(p.slots.at("sgd.velocity").to_host(on)[0] == T(3.5));
  p.mask = {};  // grown again, it starts from rest
  step();
  CHECK(p.value.to_host(on)[1] == before - T(1.5));
}

TEMPLATE_TEST_CASE("sgd does nothing to a frozen parameter, nor without a gradient", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  typename sgd::state<T, typename TestType::backend> s{sgd{.momentum = 0.9f}};
  parameter p(row<T>(on, {1}));
  s.step(on, p);
  p.gradient = row<T>(on, {1});
  p.frozen = true;
  s.step(on, p);
  CHECK(p.counts.empty());
  CHECK(p.slots.empty());
  CHECK(p.value.to_host(on)[0] == 1);
  p.frozen = false;
  s.rate_factor = 0;
  s.step(on, p);
  CHECK(p.value.to_host(on)[0] == 1);
}

TEST_CASE("sgd makes room for velocities where there are any, and something learns") {
  const reference on;
  const auto slots = [&](const sgd& policy, bool frozen) {
    parameter p(row<float>(on, {1}));
    p.frozen = frozen;
    sgd::state<float, reference>(policy).reserve(on, p);
    return p.slots.size();
  };
  CHECK(slots({.momentum = 0.5f}, false) == 1);
  CHECK(slots({.momentum = 0.5f}, true) == 0);
  CHECK(slots({}, false) == 0);
}

TEST_CASE("sgd refuses choices out of range") {
  const auto make = [](const sgd& p) { (void)sgd::state<float, reference>(p); };
  CHECK_THROWS_WITH(make({.rate = -1}), "sgd: rate: expected at least 0, got -1");
  CHECK_THROWS_WITH(make({.momentum = 1}), "sgd: momentum: expected 0 to below 1, got 1");
}

}  // namespace filigree
