// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/elementwise.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/select_rows.hpp>

#include <utility>

namespace filigree {

/// The exponential moving average, over training steps, of a quantity computed at each step;
/// inference uses it in place of that quantity: value = decay * value + (1 - decay) * next.
template <class T, backend B>
struct running_average {
  matrix<T, B> value{};
  double decay = 0;  ///< 0: takes the next value unchanged
  /// The result of a step; empty: the value does not change. A forward pass writes it even if the
  /// model is const.
  mutable matrix<T, B> next{};

  /// Updates the average after a step.
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

/// Keeps only the rows kept[0] < kept[1] < ..., if it has any; the result of an unfinished step is
/// discarded.
template <class T, backend B>
void keep_rows(const B& on, running_average<T, B>& average,
               const typename B::template buffer<offset>& kept) {
  if (average.value.size()) average.value = select_rows(on, average.value, kept);
  average.next = {};
}

}  // namespace filigree
