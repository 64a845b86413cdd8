// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/place.hpp>
#include <filigree/ops/batch_norm.hpp>

#include <string>
#include <utility>

namespace filigree {

namespace detail {
/// Batch normalization with its gain, shift and running means. Where gain and shift are frozen it
/// does as in inference, and the running means stay.
template <class T, backend B>
class batch_norm_part : public visits<batch_norm_part<T, B>> {
 public:
  batch_norm_part(const B& on, offset columns, double keep)
      : keep_(keep),
        gain_(row_of<T>(on, columns, T(1))),
        shift_(row_of<T>(on, columns, T(0))),
        mean_(matrix<T, B>::zeros(on, {1, columns})),
        variance_(row_of<T>(on, columns, T(1)).value) {
    expect_0_to_1("batch_norm: keep", keep);
  }

  template <recorder R>
  [[nodiscard]] typename R::var apply(R& r, typename R::var y) const {
    const bool learns = R::learns && !(gain_.frozen && shift_.frozen);
    batch_norm<T, B> op{};
    if (learns) {
      op.next_mean = &next_mean_;
      op.next_variance = &next_variance_;
    } else {
      op.mean = &mean_;
      op.variance = &variance_;
    }
    return r(op, y, r.leaf(gain_), r.leaf(shift_));
  }
  /// A training step is over.
  void observe(const B& on) {
    move(on, mean_, next_mean_);
    move(on, variance_, next_variance_);
  }
  static void each(auto& s, auto& f) {
    f("norm.gain", s.gain_);
    f("norm.shift", s.shift_);
  }
  template <class F>
  void visit_memory(F&& f) {
    f("norm.mean", mean_);
    f("norm.variance", variance_);
  }

 private:
  void move(const B& on, matrix<T, B>& running, matrix<T, B>& next) const {
    if (next.shape() != running.shape()) return;
    on.for_each(
        running.size(),
        kernels::axpby<T>{static_cast<T>(keep_), std::as_const(running).data(),
                          static_cast<T>(1 - keep_), std::as_const(next).data(), running.data()});
    next = {};
  }

  double keep_;
  parameter<T, B> gain_, shift_;
  matrix<T, B> mean_, variance_;
  mutable matrix<T, B> next_mean_, next_variance_;  ///< of this step
};
}  // namespace detail

/// Each column less its mean over the rows of the batch, over its deviation, times a gain, plus a
/// shift, both learned; inference takes running means (Ioffe and Szegedy, 2015). In training a
/// batch of one row gives the shift, and leaves the running means alone: one row has no variance.
struct with_batch_norm {
  float keep = 0.9f;  ///< how much of the running means stays in a step

  /// f(name, choice) for each choice.
  template <class Self, class F>
  static void visit_options(Self& p, F&& f) {
    f("keep", p.keep);
  }

  static constexpr bool in_head = false;
  template <class T, backend B>
  class state : public detail::batch_norm_part<T, B> {
   public:
    /// Throws `range_error` for a keep outside [0, 1].
    state(const with_batch_norm& p, const B& on, const place<B>& at)
        : detail::batch_norm_part<T, B>(on, at.out, p.keep) {}
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const signal<R>&, typename R::var y, pass&) const {
      return detail::batch_norm_part<T, B>::apply(r, y);
    }
  };
};

}  // namespace filigree
