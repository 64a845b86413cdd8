// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/parameter.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/function.hpp>
#include <filigree/core/index.hpp>

#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree::detail {

/// 1 for an element from which training cannot continue: the square of its value or gradient, or
/// one of the optimizer's slots, is not finite. Null pointers are not checked.
template <class T>
struct diverged_element {
  const T *value, *gradient;
  const T* slot[2];
  [[nodiscard]] FILIGREE_FN double operator()(offset i) const {
    bool fine = is_finite(value[i] * value[i]);
    if (gradient) fine = fine && is_finite(gradient[i] * gradient[i]);
    if (slot[0]) fine = fine && is_finite(slot[0][i]);
    if (slot[1]) fine = fine && is_finite(slot[1][i]);
    return fine ? 0 : 1;
  }
};

/// Checks a model for divergence in one pass over its parameters and running means, and waits for
/// the device once.
template <class M>
class finite_check {
  using T = typename M::scalar;
  using B = typename M::backend_type;

 public:
  explicit finite_check(M& m) {
    each_array(m, [this](const std::string&, offset, const auto&) { ++arrays_; });
    counts_ = m.on().template allocate<double>(arrays_);
  }

  /// Throws `error` naming `when` and the parameter or running mean that diverged.
  void expect(M& m, const std::string& when) {
    const B& on = m.on();
    offset at = 0;
    each_array(m, [&](const std::string&, offset n, const diverged_element<T>& term) {
      if (at < arrays_) on.sum(n, term, counts_.data() + at++);
    });
    std::vector<double> count(static_cast<std::size_t>(arrays_));
    on.download(counts_, std::span(count));
    at = 0;
    each_array(m, [&](const std::string& name, offset n, const auto&) {
      if (at == arrays_) return;
      const auto bad = static_cast<offset>(count[static_cast<std::size_t>(at++)]);
      if (bad > 0)
        throw error("fit: " + name + " after " + when +
                    ": expected elements whose squares are finite, got " + std::to_string(bad) +
                    " of " + std::to_string(n) + " that are not; a smaller learning rate may help");
    });
  }

 private:
  template <class F>
  static void each_array(M& m, const F& f) {
    for_each_parameter(m, [&](const std::string& name, const parameter<T, B>& p) {
      diverged_element<T> term{p.value.data(), nullptr, {}};
      if (!p.frozen && p.gradient.shape() == p.value.shape())
        term.gradient = std::as_const(p.gradient).data();
      std::size_t k = 0;
      for (const auto& [slot, values] : p.slots)
        if (k < std::size(term.slot) && values.shape() == p.value.shape())
          term.slot[k++] = values.data();
      f(name, p.value.size(), term);
    });
    for_each_buffer(m, [&](const std::string& name, const matrix<T, B>& x) {
      f(name, x.size(), diverged_element<T>{x.data(), nullptr, {}});
    });
  }

  offset arrays_ = 0;
  typename B::template buffer<double> counts_;
};

}  // namespace filigree::detail
