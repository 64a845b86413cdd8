// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/batch_norm.hpp>

#include <string>
#include <utility>

namespace filigree {

namespace detail {
/// Batch normalization with its gain, shift and running means. If gain and shift are frozen, it
/// behaves as in inference, and the running means do not change.
template <class T, backend B>
class batch_norm_part {
 public:
  batch_norm_part(const B& on, offset columns, double ema_decay)
      : gain_(row_of<T>(on, columns, T(1))),
        shift_(row_of<T>(on, columns, T(0))),
        mean_{matrix<T, B>::zeros(on, {1, columns}), ema_decay},
        variance_{row_of<T>(on, columns, T(1)).value, ema_decay} {
    expect_0_to_1("batch_norm: ema_decay", ema_decay);
  }

  template <recorder R>
  [[nodiscard]] typename R::var apply(R& r, typename R::var y) const {
    const bool learns = R::learns && !(gain_.frozen && shift_.frozen);
    batch_norm<T, B> op{};
    if (learns) {
      op.next_mean = &mean_.next;
      op.next_variance = &variance_.next;
    } else {
      op.mean = &mean_.value;
      op.variance = &variance_.value;
    }
    return r(op, y, r.leaf(gain_), r.leaf(shift_));
  }
  static void members(auto& self, auto&& see) {
    see("norm.gain", self.gain_);
    see("norm.shift", self.shift_);
    see("norm.mean", self.mean_);
    see("norm.variance", self.variance_);
  }

 private:
  parameter<T, B> gain_, shift_;
  running_average<T, B> mean_, variance_;
};
}  // namespace detail

/// Each column minus its mean over the rows of the batch, divided by its standard deviation, times
/// a gain, plus a shift, both learned; inference uses running means (Ioffe and Szegedy, 2015). In
/// training, a batch of one row yields the shift and does not update the running means: one row has
/// no variance.
struct with_batch_norm {
  float ema_decay = 0.9f;  ///< the share of the running means that is kept at each step

  /// Lists each option.
  static void options(auto& self, auto&& see) { see("ema_decay", self.ema_decay); }

  static constexpr bool in_head = false;
  template <class T, backend B>
  class state : public detail::batch_norm_part<T, B> {
   public:
    /// Throws `range_error` for an ema_decay outside [0, 1].
    state(const with_batch_norm& p, const B& on, const part_spec<B>& spec)
        : detail::batch_norm_part<T, B>(on, spec.out, p.ema_decay) {}
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>&, typename R::var y,
                                        random_streams&) const {
      return detail::batch_norm_part<T, B>::apply(r, y);
    }
  };
};

}  // namespace filigree
