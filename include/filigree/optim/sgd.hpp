// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/kernels/sgd.hpp>
#include <filigree/optim/optimizer.hpp>

namespace filigree {

/// Gradient descent with momentum: v = momentum * v + g, p -= rate * v; with `nesterov`,
/// p -= rate * (g + momentum * v) (Sutskever et al., 2013). v starts at 0.
struct sgd {
  float rate = 1e-2f;     ///< learning rate
  float momentum = 0;     ///< in [0, 1)
  bool nesterov = false;  ///< looks ahead along v

  template <class T, backend B>
  class state;
};

template <class T, backend B>
class sgd::state {
 public:
  /// Throws `range_error` for a rate that is negative or not finite, and for a momentum outside
  /// [0, 1).
  explicit state(const sgd& p) : p_(p) {
    detail::expect_least("sgd: rate", p.rate, 0);
    detail::expect_below_1("sgd: momentum", p.momentum);
  }

  double rate_factor = 1;

  void reserve(const B& on, parameter<T, B>& p) const {
    if (!p.frozen && p_.momentum != 0) (void)p.slot(on, "sgd.velocity");
  }
  void step(const B& on, parameter<T, B>& p) {
    if (p.frozen || p.gradient.size() == 0) return;
    on.for_each(p.value.size(),
                kernels::sgd_step<T>{p.value.data(), p.gradient.data(),
                                     p_.momentum != 0 ? p.slot(on, "sgd.velocity").data() : nullptr,
                                     p.mask.size() ? p.mask.data() : nullptr,
                                     static_cast<T>(static_cast<double>(p_.rate) * rate_factor),
                                     static_cast<T>(p_.momentum), p_.nesterov});
  }

 private:
  sgd p_;
};

}  // namespace filigree
