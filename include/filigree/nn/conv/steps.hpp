// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/ops/elu.hpp>
#include <filigree/ops/layer_norm.hpp>
#include <filigree/ops/relu.hpp>

#include <string>

namespace filigree {

// What a layer applies to each row of its result: policies, in the order in which they are listed.
// `state(policy, on, spec)`, `s.apply(r, x, y, random)` where x is the layer's input and y its
// result so far, and `members`. `in_head` says whether the step also applies to class scores.

/// y + b, where b is learned and starts at 0.
struct with_bias {
  static constexpr bool in_head = true;
  template <class T, backend B>
  class state {
   public:
    state(const with_bias&, const B& on, const part_spec<B>& spec)
        : b_(detail::row_of<T>(on, spec.out, T(0))) {}
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>&, typename R::var y,
                                        random_streams&) const {
      return r(add_bias{}, y, r.leaf(b_));
    }
    static void members(auto& self, auto&& see) { see("bias", self.b_); }

   private:
    parameter<T, B> b_;
  };
};

/// max(y, 0)
struct with_relu {
  static constexpr bool in_head = false;
  template <class T, backend B>
  struct state : no_members {
    state(const with_relu&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>&, typename R::var y,
                                        random_streams&) const {
      return r(relu{}, y);
    }
  };
};

/// y above 0, exp(y) - 1 below 0 (Clevert et al., 2016).
struct with_elu {
  static constexpr bool in_head = false;
  template <class T, backend B>
  struct state : no_members {
    state(const with_elu&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>&, typename R::var y,
                                        random_streams&) const {
      return r(elu{}, y);
    }
  };
};

/// Sets elements to 0 with probability `rate` during training (Srivastava et al., 2014).
struct with_dropout {
  float rate = 0.5f;  ///< the dropout rate

  /// Lists each option.
  static void options(auto& self, auto&& see) { see("rate", self.rate); }
  static constexpr bool in_head = false;
  template <class T, backend B>
  class state : public no_members {
   public:
    /// Throws `range_error` for a rate outside [0, 1).
    state(const with_dropout& p, const B&, const part_spec<B>&) : rate_(p.rate) {
      detail::expect_below_1("dropout: rate", p.rate);
    }
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>&, typename R::var y,
                                        random_streams& random) const {
      return R::learns && rate_ > 0 ? r(dropout{rate_, random.next()}, y) : y;
    }

   private:
    double rate_;
  };
};

/// Each row minus its mean, divided by its standard deviation, times a gain, plus a shift, both
/// learned (Ba et al., 2016).
struct with_layer_norm {
  static constexpr bool in_head = false;
  template <class T, backend B>
  class state {
   public:
    state(const with_layer_norm&, const B& on, const part_spec<B>& spec)
        : gain_(detail::row_of<T>(on, spec.out, T(1))),
          shift_(detail::row_of<T>(on, spec.out, T(0))) {}
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>&, typename R::var y,
                                        random_streams&) const {
      return r(layer_norm{}, y, r.leaf(gain_), r.leaf(shift_));
    }
    static void members(auto& self, auto&& see) {
      see("norm.gain", self.gain_);
      see("norm.shift", self.shift_);
    }

   private:
    parameter<T, B> gain_, shift_;
  };
};

/// y + x (He et al., 2016): adds the layer's input, through a learned matrix if the widths differ
/// or the features are sparse.
struct with_residual {
  static constexpr bool in_head = false;
  template <class T, backend B>
  class state {
   public:
    state(const with_residual&, const B& on, const part_spec<B>& spec)
        : projects_(spec.sparse || spec.in != spec.out) {
      if (projects_) project_ = glorot<T>(on, {spec.in, spec.out}, spec.seed, "residual");
    }
    template <recorder R>
    [[nodiscard]] typename R::var apply(R& r, const activation<R>& x, typename R::var y,
                                        random_streams&) const {
      return r(add{}, y, projects_ ? x.times(r, r.leaf(project_)) : x.dense(r));
    }
    static void members(auto& self, auto&& see) {
      if (self.projects_) see("residual", self.project_);
    }

   private:
    bool projects_;
    parameter<T, B> project_;
  };
};

}  // namespace filigree
