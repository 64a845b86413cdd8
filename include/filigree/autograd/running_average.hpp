// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/select_rows.hpp>

#include <utility>

namespace filigree {

/// What inference uses in place of what a training step computes: its exponential moving average
/// over the steps, value = decay * value + (1 - decay) * next.
template <class T, backend B>
struct running_average {
  matrix<T, B> value{};
  double decay = 0;  ///< 0: the next value as it is
  /// What a step found; empty: the value stays. A forward pass writes it, though the model be
  /// const.
  mutable matrix<T, B> next{};

  /// The step is over.
  void move(const B& on) {
    if (next.size() == 0) return;
    if (decay == 0) {
      value = std::exchange(next, {});
      return;
    }
    on.for_each(value.size(), kernels::axpby<T>{static_cast<T>(decay), std::as_const(value).data(),
                                                static_cast<T>(1 - decay),
                                                std::as_const(next).data(), value.data()});
    next = {};
  }
};

/// Leaves it the rows kept[0] < kept[1] < ... of those that it has, if it has any; a step that is
/// not over is forgotten.
template <class T, backend B>
void keep_rows(const B& on, running_average<T, B>& average,
               const typename B::template buffer<offset>& kept) {
  if (average.value.size()) average.value = select_rows(on, average.value, kept);
  average.next = {};
}

}  // namespace filigree
