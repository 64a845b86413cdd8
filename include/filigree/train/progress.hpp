// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace filigree {

/// The progress of training; watchers read it, and may set `metric` and `stop`.
struct progress {
  offset epoch = 0, epochs = 0;  ///< the current epoch, from 1, and their number
  offset step = 0, steps = 0;    ///< steps completed in it, and its total number of steps
  double resumed = 0;            ///< epochs completed by a checkpoint before `fit` began
  double seconds = 0;            ///< since `fit` began
  double epoch_seconds = 0;      ///< of the last epoch, training only
  std::string metric_name{};
  double metric =
      std::numeric_limits<double>::quiet_NaN();  ///< the last value, NaN before the first
  bool measured = false;           ///< whether `metric` was measured at the end of this epoch
  bool stop = false;               ///< ends training after this epoch
  std::function<double()> loss{};  ///< the mean loss of the epoch so far
};

}  // namespace filigree
