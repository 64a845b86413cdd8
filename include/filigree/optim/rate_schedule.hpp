// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>

#include <cmath>
#include <numbers>
#include <string>

namespace filigree {

/// How the learning rate evolves after the warm-up.
enum class rate_kind { constant, step, cosine };

/// The learning rate over time, as a factor of the optimizer's own rate. During the first `warm_up`
/// epochs it rises linearly to 1, starting from 1 / (warm_up + 1), so that no epoch is wasted.
/// After that, `constant` stays at 1, `step` is multiplied by `factor` every `every` epochs, and
/// `cosine` decays from 1 to 0 at the end of training along half a cosine (Loshchilov and Hutter,
/// 2017).
struct rate_schedule {
  rate_kind kind = rate_kind::constant;
  double warm_up = 0;   ///< in epochs
  double every = 1;     ///< for step, in epochs
  double factor = 0.1;  ///< for step

  /// The factor at `epoch`, which may be fractional, in a training run of `epochs`. Throws
  /// `range_error` for a step length that is not above 0 epochs, a negative warm-up or factor, and
  /// any value that is not finite.
  [[nodiscard]] double factor_at(double epoch, double epochs) const {
    detail::expect_least("rate_schedule: warm_up", warm_up, 0);
    detail::expect_least("rate_schedule: factor", factor, 0);
    detail::expect_above_0("rate_schedule: every", every);
    if (epoch < warm_up) return (epoch + 1) / (warm_up + 1);
    const double since = epoch - warm_up;
    if (kind == rate_kind::constant) return 1;
    if (kind == rate_kind::step) return std::pow(factor, std::floor(since / every));
    if (epoch >= epochs) return 0;
    return (1 + std::cos(std::numbers::pi * since / (epochs - warm_up))) / 2;
  }
};

/// Always the optimizer's own rate.
[[nodiscard]] constexpr rate_schedule constant_rate() { return {}; }

/// Multiplies the rate by `factor` every `every` epochs.
[[nodiscard]] constexpr rate_schedule step_rate(double every, double factor) {
  return {.kind = rate_kind::step, .every = every, .factor = factor};
}

/// Decays from 1 to 0 along a cosine, after a warm-up of `warm_up` epochs.
[[nodiscard]] constexpr rate_schedule cosine_rate(double warm_up = 0) {
  return {.kind = rate_kind::cosine, .warm_up = warm_up};
}

}  // namespace filigree
