// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/kernels/adam.hpp>
#include <filigree/optim/optimizer.hpp>

#include <cmath>

namespace filigree {

namespace detail {
/// The common part of adam and adamw.
template <class T, backend B, class Policy>
class adam_state {
 public:
  /// Throws `range_error` for a rate, epsilon or decay that is negative or not finite, and for a
  /// beta outside [0, 1).
  explicit adam_state(const Policy& p, double decay = 0) : p_(p), decay_(decay) {
    expect_least("adam: rate", p.rate, 0);
    expect_below_1("adam: beta1", p.beta1);
    expect_below_1("adam: beta2", p.beta2);
    expect_least("adam: epsilon", p.epsilon, 0);
    expect_least("adamw: decay", decay, 0);
  }

  double rate_factor = 1;

  void reserve(const B& on, parameter<T, B>& p) const {
    if (!p.frozen) moments(on, p);
  }
  void step(const B& on, parameter<T, B>& p) {
    if (p.frozen || p.gradient.size() == 0) return;
    const auto [first, second] = moments(on, p);
    auto& steps = p.counts["adam.steps"];
    const auto weight = [&](double beta) {  // total weight of the gradients in a moment
      return 1 - std::pow(beta, static_cast<double>(steps));
    };
    const double b1 = p_.beta1, b2 = p_.beta2;
    const auto as = [](double x) { return static_cast<T>(x); };
    const T rate = as(p_.rate * rate_factor), epsilon = as(p_.epsilon), decay = as(decay_);
    if (p.mask.size() || p.slots.contains("adam.weight.first")) {
      const auto own = [&](const char* name, double beta) {
        const bool begins = !p.slots.contains(name);
        auto& weights = p.slot(on, name);
        if (begins) on.fill(weights.data(), weights.size(), as(weight(beta)));
        return weights.data();
      };
      const auto w1 = own("adam.weight.first", b1), w2 = own("adam.weight.second", b2);
      on.for_each(p.value.size(),
                  kernels::masked_adam_step<T>{p.value.data(), p.gradient.data(), first, second, w1,
                                               w2, p.mask.size() ? p.mask.data() : nullptr, rate,
                                               as(b1), as(b2), epsilon, decay});
      ++steps;
    } else {
      ++steps;
      on.for_each(
          p.value.size(),
          kernels::adam_step<T>{p.value.data(), p.gradient.data(), first, second, rate, as(b1),
                                as(b2), as(1 / weight(b1)), as(1 / weight(b2)), epsilon, decay});
    }
  }

 private:
  struct both {
    T *first, *second;
  };
  /// The steps of newly created moments are counted from 0.
  static both moments(const B& on, parameter<T, B>& p) {
    const auto known = p.slots.find("adam.first");
    if (known == p.slots.end() || known->second.shape() != p.value.shape())
      p.counts["adam.steps"] = 0;
    return {p.slot(on, "adam.first").data(), p.slot(on, "adam.second").data()};
  }

  Policy p_;
  double decay_;
};
}  // namespace detail

/// Adam (Kingma and Ba, 2015): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
/// p -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon). t counts the steps that
/// contributed to the moments: an element that was pruned and regrown starts with t = 1, and so
/// does a parameter that was previously trained by another optimizer.
struct adam {
  float rate = 1e-3f;                  ///< learning rate
  float beta1 = 0.9f, beta2 = 0.999f;  ///< decay rates of the moments m and v
  float epsilon = 1e-8f;               ///< keeps the quotient finite

  template <class T, backend B>
  struct state;
};
template <class T, backend B>
struct adam::state : detail::adam_state<T, B, adam> {
  explicit state(const adam& p) : detail::adam_state<T, B, adam>(p) {}
};

/// AdamW (Loshchilov and Hutter, 2019): Adam with the additional update p -= rate * decay * p.
struct adamw {
  float rate = 1e-3f;                  ///< learning rate
  float beta1 = 0.9f, beta2 = 0.999f;  ///< decay rates of the moments m and v
  float epsilon = 1e-8f;               ///< keeps the quotient finite
  float decay = 1e-2f;                 ///< weight decay

  template <class T, backend B>
  struct state;
};
template <class T, backend B>
struct adamw::state : detail::adam_state<T, B, adamw> {
  explicit state(const adamw& p) : detail::adam_state<T, B, adamw>(p, p.decay) {}
};

}  // namespace filigree
