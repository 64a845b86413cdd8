// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "everywhere.hpp"
#include "optim/row.hpp"
#include <filigree/autograd/set_mask.hpp>
#include <filigree/optim/adam.hpp>
#include <filigree/optim/sgd.hpp>

#include <cmath>
#include <type_traits>
#include <vector>

namespace filigree {

static_assert(optimizer<adam, float, reference> && optimizer<adam, double, cpu>);
static_assert(optimizer<adamw, float, reference> && optimizer<adamw, double, cpu>);

namespace {
/// Steps with these gradients from 1, beside the formula of the paper as it stands there.
template <class B, class Policy>
void follow(const Policy& policy, double decay, double rate_factor = 1) {
  const B on;
  typename Policy::template state<double, B> s{policy};
  s.rate_factor = rate_factor;
  parameter p(row<double>(on, {1, 1}));
  const double rate = static_cast<double>(policy.rate) * rate_factor, b1 = policy.beta1,
               b2 = policy.beta2, epsilon = policy.epsilon;
  std::vector<double> value{1, 1}, m{0, 0}, v{0, 0};
  const std::vector<std::vector<double>> gradients{{2, -1}, {1, 0}, {-4, 3}, {0.1, 1e-9}, {7, 7}};
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    const auto& g = gradients[t - 1];
    p.gradient = row<double>(on, g);
    s.step(on, p);
    for (std::size_t i = 0; i < 2; ++i) {
      const double before = value[i];
      m[i] = b1 * m[i] + (1 - b1) * g[i];
      v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
      const double m_hat = m[i] / (1 - std::pow(b1, static_cast<double>(t))),
                   v_hat = v[i] / (1 - std::pow(b2, static_cast<double>(t)));
      value[i] -= rate * m_hat / (std::sqrt(v_hat) + epsilon) + rate * decay * before;
      INFO("step " << t << " element " << i);
      CHECK(p.value.to_host(on)[i] == Approx(value[i]).epsilon(1e-14));
      CHECK(p.slots.at("adam.first").to_host(on)[i] == Approx(m[i]).epsilon(1e-14));
      CHECK(p.slots.at("adam.second").to_host(on)[i] == Approx(v[i]).epsilon(1e-14));
    }
    CHECK(p.counts.at("adam.steps") == static_cast<std::int64_t>(t));
  }
}
}  // namespace

TEMPLATE_TEST_CASE("adam follows its formula", "", BACKENDS) {
  follow<TestType>(adam{}, 0);
  follow<TestType>(adam{.rate = 0.25f, .beta1 = 0.5f, .beta2 = 0.75f, .epsilon = 0.125f}, 0);
  follow<TestType>(adam{.rate = 0.25f}, 0, 0.1);
}

TEMPLATE_TEST_CASE("adamw decays the weights beside the gradient", "", BACKENDS) {
  follow<TestType>(adamw{.rate = 0.25f, .decay = 0.5f}, 0.5);
  follow<TestType>(adamw{.rate = 0.25f, .decay = 0.5f}, 0.5, 0.25);
}

TEMPLATE_TEST_CASE("adam's first step is its rate, whatever the gradient's size", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  typename adam::state<T, typename TestType::backend> s{adam{.rate = 0.5f}};
  parameter p(row<T>(on, {1, 1, 1}));
  p.gradient = row<T>(on, {T(1e-3), T(-100), 0});
  s.step(on, p);
  const auto got = p.value.to_host(on);
  CHECK(static_cast<double>(got[0]) == Approx(0.5).epsilon(1e-4));
  CHECK(static_cast<double>(got[1]) == Approx(1.5).epsilon(1e-4));
  CHECK(got[2] == 1);
}

TEMPLATE_TEST_CASE("adamw leaves masked elements and keeps their moments at zero", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  typename adamw::state<T, typename TestType::backend> s{adamw{.rate = 0.1f, .decay = 0.5f}};
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
  CHECK(p.slots.at("adam.first").to_host(on)[1] == 0);
  CHECK(p.slots.at("adam.second").to_host(on)[1] == 0);
  CHECK(p.slots.at("adam.first").to_host(on)[0] > 0);
}

TEMPLATE_TEST_CASE("adam counts the steps that are in its moments, not those of others", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  typename sgd::state<T, B> before{sgd{.rate = 0.5f, .momentum = 0.5f}};
  typename adam::state<T, B> after{adam{.rate = 0.25f}};
  parameter p(row<T>(on, {1}));
  p.gradient = row<T>(on, {1});
  for (int i = 0; i < 100; ++i) before.step(on, p);
  const auto value = [&] { return static_cast<double>(p.value.to_host(on)[0]); };
  const double start = value();
  after.step(on, p);
  CHECK(value() == Approx(start - 0.25).epsilon(1e-5));
  CHECK(p.counts.at("adam.steps") == 1);

  // A parameter of another shape has other moments.
  p.value = row<T>(on, {1, 1});
  p.gradient = row<T>(on, {1, 1});
  after.step(on, p);
  CHECK(p.counts.at("adam.steps") == 1);
  CHECK(value() == Approx(0.75).epsilon(1e-5));
}

TEMPLATE_TEST_CASE("an element that comes back takes steps like a new one", "", EVERYWHERE) {
  using T = typename TestType::scalar;
  using B = typename TestType::backend;
  const B on;
  const adam how{.rate = 0.25f};
  typename adam::state<T, B> s{how};
  parameter p(row<T>(on, {1, 2, 3}));
  const auto step = [&](double gradient) {
    const T g = static_cast<T>(gradient);
    p.gradient = row<T>(on, {g, g, g});
    s.step(on, p);
  };
  for (int i = 0; i < 300; ++i) step(i % 2 ? 1 : -2);
  set_mask(on, p, row<T>(on, {1, 0, 1}));
  for (int i = 0; i < 300; ++i) step(i % 2 ? 1 : -2);
  const auto masked = p.value.to_host(on);

  parameter fresh(row<T>(on, {masked[1]}));  // trained from here on, beside the one that comes back
  typename adam::state<T, B> t{how};
  set_mask(on, p, {});
  for (const double g : {3.0, -1.0, 0.5, 4.0}) {
    step(g);
    fresh.gradient = row<T>(on, {static_cast<T>(g)});
    t.step(on, fresh);
    CHECK(static_cast<double>(p.value.to_host(on)[1]) ==
          Approx(static_cast<double>(fresh.value.to_host(on)[0])).epsilon(1e-5));
  }

  // One that was never masked moves as without a mask.
  parameter free(row<T>(on, {1}));
  typename adam::state<T, B> u{how};
  for (int i = 0; i < 600; ++i) {
    free.gradient = row<T>(on, {T(i % 2 ? 1 : -2)});
    u.step(on, free);
  }
  CHECK(static_cast<double>(masked[0]) ==
        Approx(static_cast<double>(free.value.to_host(on)[0])).epsilon(1e-4));
}

TEMPLATE_TEST_CASE("adam does nothing to a frozen parameter, nor without a gradient", "",
                   EVERYWHERE) {
  using T = typename TestType::scalar;
  const typename TestType::backend on;
  typename adam::state<T, typename TestType::backend> s{adam{}};
  parameter p(row<T>(on, {1}));
  s.step(on, p);
  p.gradient = row<T>(on, {1});
  p.frozen = true;
  s.step(on, p);
  CHECK(p.counts.empty());
  CHECK(p.slots.empty());
  CHECK(p.value.to_host(on)[0] == 1);
}

TEST_CASE("adam refuses choices out of range") {
  const auto make = [](const auto& p) {
    (void)typename std::remove_cvref_t<decltype(p)>::template state<float, reference>(p);
  };
  CHECK_THROWS_WITH(make(adam{.rate = NAN}), "adam: rate: expected at least 0, got nan");
  CHECK_THROWS_WITH(make(adam{.beta1 = 1}), "adam: beta1: expected 0 to below 1, got 1");
  CHECK_THROWS_WITH(make(adam{.beta2 = -1}), "adam: beta2: expected 0 to below 1, got -1");
  CHECK_THROWS_WITH(make(adamw{.epsilon = -1}), "adam: epsilon: expected at least 0, got -1");
  CHECK_THROWS_WITH(make(adamw{.decay = HUGE_VALF}),
                    "adamw: decay: expected at least 0 and finite, got inf");
}

}  // namespace filigree
