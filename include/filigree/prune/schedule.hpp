// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/index.hpp>

#include <cmath>
#include <string>

namespace filigree {

/// How the kept share goes from 1 to its end over the prunings of a schedule.
enum class prune_course {
  linear,     ///< each pruning takes as much
  cubic,      ///< much at first, little at the end (Zhu and Gupta, 2017)
  geometric,  ///< each takes the same share of what is left (Frankle and Carbin, 2019)
};

/// When to prune, in training steps.
struct prune_schedule {
  offset begin = 1;  ///< the first pruning comes after so many steps
  offset every = 1;  ///< steps from one pruning to the next
  int times = 1;     ///< prunings in all
  prune_course course = prune_course::linear;
  /// The values that training had after `rewind_to` steps come back after each pruning, the
  /// optimizer's state of that step too; negative: no rewinding.
  offset rewind_to = -1;

  /// Which pruning is due after so many steps, from 1; 0: none.
  [[nodiscard]] int due(offset step) const {
    if (step < begin || (step - begin) % every != 0) return 0;
    const offset turn = (step - begin) / every + 1;
    return turn <= times ? static_cast<int>(turn) : 0;
  }
  /// The share that is kept after pruning number `turn`, where the last one keeps `end`.
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
  /// Lists each choice, with an enum its last value.
  static void options(auto& self, auto&& see) {
    see("begin", self.begin);
    see("every", self.every);
    see("times", self.times);
    see("course", self.course, prune_course::geometric);
    see("rewind_to", self.rewind_to);
  }
};

/// One pruning after so many steps.
[[nodiscard]] constexpr prune_schedule prune_once(offset after) { return {.begin = after}; }

/// As many prunings of equal size as are asked for, `every` steps apart.
[[nodiscard]] constexpr prune_schedule prune_every(offset every, int times) {
  return {.begin = every, .every = every, .times = times};
}

/// Gradual pruning: cubic, from `begin` on.
[[nodiscard]] constexpr prune_schedule prune_gradually(offset begin, offset every, int times) {
  return {.begin = begin, .every = every, .times = times, .course = prune_course::cubic};
}

/// Iterative pruning that rewinds the weights: each round trains for `every` steps, prunes, and
/// goes back to the values of step `rewind_to` (Frankle et al., 2020).
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
