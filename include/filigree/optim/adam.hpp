// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/adam.hpp>
#include <filigree/optim/optimizer.hpp>

#include <cmath>

namespace filigree {

namespace detail {
/// What adam and adamw share.
template <class T, backend B, class Policy>
class adam_state {
 public:
  explicit adam_state(const Policy& p) : p_(p) {}

  double rate_factor = 1;

  void reserve(const B& on, parameter<T, B>& p) const {
    if (p.frozen) return;
    (void)p.slot(on, "adam.first");
    (void)p.slot(on, "adam.second");
  }
  void step(const B& on, parameter<T, B>& p) {
    if (p.frozen || p.gradient.size() == 0) return;
    const auto t = static_cast<double>(++p.steps);
    double decay = 0;
    if constexpr (requires { p_.decay; }) decay = static_cast<double>(p_.decay);
    const auto as = [](double x) { return static_cast<T>(x); };
    const double b1 = p_.beta1, b2 = p_.beta2;
    on.for_each(p.value.size(),
                kernels::adam_step<T>{
                    p.value.data(), p.gradient.data(), p.slot(on, "adam.first").data(),
                    p.slot(on, "adam.second").data(), p.mask.size() ? p.mask.data() : nullptr,
                    as(p_.rate * rate_factor), as(b1), as(b2), as(1 / (1 - std::pow(b1, t))),
                    as(1 / (1 - std::pow(b2, t))), as(p_.epsilon), as(decay)});
  }

 private:
  Policy p_;
};
}  // namespace detail

/// Adam (Kingma and Ba, 2015): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
/// p -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).
struct adam {
  float rate = 1e-3f;                  ///< learning rate
  float beta1 = 0.9f, beta2 = 0.999f;  ///< how long the moments m and v remember
  float epsilon = 1e-8f;               ///< keeps the quotient finite

  template <class T, backend B>
  struct state;
};
template <class T, backend B>
struct adam::state : detail::adam_state<T, B, adam> {
  using detail::adam_state<T, B, adam>::adam_state;
};

/// AdamW (Loshchilov and Hutter, 2019): Adam, and p -= rate * decay * p beside it.
struct adamw {
  float rate = 1e-3f;                  ///< learning rate
  float beta1 = 0.9f, beta2 = 0.999f;  ///< how long the moments m and v remember
  float epsilon = 1e-8f;               ///< keeps the quotient finite
  float decay = 1e-2f;                 ///< of the weights

  template <class T, backend B>
  struct state;
};
template <class T, backend B>
struct adamw::state : detail::adam_state<T, B, adamw> {
  using detail::adam_state<T, B, adamw>::adam_state;
};

}  // namespace filigree
