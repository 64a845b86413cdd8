// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/index.hpp>

#include <cmath>
#include <string>

namespace filigree {

/// How the kept share falls from 1 to its final value over the prunings of a schedule.
enum class prune_course {
  linear,     ///< each pruning removes the same amount
  cubic,      ///< much at first, little at the end (Zhu and Gupta, 2017)
  geometric,  ///< each removes the same share of what remains (Frankle and Carbin, 2019)
};

/// When to prune, in training steps.
struct prune_schedule {
  offset begin = 1;  ///< number of steps before the first pruning
  offset every = 1;  ///< steps from one pruning to the next
  int times = 1;     ///< total number of prunings
  prune_course course = prune_course::linear;
  /// After each pruning, the values from after step `rewind_to` are restored, along with the
  /// optimizer's state at that step; negative: no rewinding.
  offset rewind_to = -1;

  /// Which pruning, from 1, is due after `step` steps; 0: none.
  [[nodiscard]] int due(offset step) const {
    if (step < begin || (step - begin) % every != 0) return 0;
    const offset turn = (step - begin) / every + 1;
    return turn <= times ? static_cast<int>(turn) : 0;
  }
  /// The share that is kept after pruning number `turn` if the last one keeps `end`.
  [[nodiscard]] double kept_after(int turn, double end) const {
    if (turn >= times) return end;
    const double done = static_cast<double>(turn) / times;
    switch (course) {
      case prune_course::cubic:
        return end + (1 - end) * std::pow(1 - done, 3);
      case prune_course::geometric:
        return std::pow(end, done);
      case prune_course::linear:
        break;
    }
    return 1 - (1 - end) * done;
  }
  /// Lists each option, with the last value of each enum.
  static void options(auto& self, auto&& see) {
    see("begin", self.begin);
    see("every", self.every);
    see("times", self.times);
    see("course", self.course, prune_course::geometric);
    see("rewind_to", self.rewind_to);
  }
};

/// One pruning, after this many steps.
[[nodiscard]] constexpr prune_schedule prune_once(offset after) { return {.begin = after}; }

/// `times` prunings of equal size, `every` steps apart.
[[nodiscard]] constexpr prune_schedule prune_every(offset every, int times) {
  return {.begin = every, .every = every, .times = times};
}

/// Gradual pruning: cubic, starting at step `begin`.
[[nodiscard]] constexpr prune_schedule prune_gradually(offset begin, offset every, int times) {
  return {.begin = begin, .every = every, .times = times, .course = prune_course::cubic};
}

/// Iterative pruning that rewinds the weights: each round trains for `every` steps, prunes, and
/// rewinds to the values of step `rewind_to` (Frankle et al., 2020).
[[nodiscard]] constexpr prune_schedule prune_and_rewind(offset every, int times,
                                                        offset rewind_to = 0) {
  return {.begin = every,
          .every = every,
          .times = times,
          .course = prune_course::geometric,
          .rewind_to = rewind_to};
}

namespace detail {
inline void expect_schedule(const prune_schedule& s) {
  expect_least("pruning: begin", s.begin, 1);
  expect_least("pruning: every", s.every, 1);
  expect_least("pruning: times", s.times, 1);
  if (s.rewind_to > s.begin)
    throw range_error("pruning: rewind_to: expected at most begin (" + std::to_string(s.begin) +
                      "), got " + std::to_string(s.rewind_to));
}
}  // namespace detail

}  // namespace filigree
