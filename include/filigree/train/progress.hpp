// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace filigree {

/// Where training stands; watchers read it, and may set `metric` and `stop`.
struct progress {
  offset epoch = 0, epochs = 0;  ///< the running epoch, from 1
  offset step = 0, steps = 0;    ///< steps done in it, and how many it has
  double resumed = 0;            ///< epochs that a checkpoint had done before fit began
  double seconds = 0;            ///< since fit began
  double epoch_seconds = 0;      ///< of the last epoch, training alone
  std::string metric_name{};
  double metric =
      std::numeric_limits<double>::quiet_NaN();  ///< the last value, NaN before the first
  bool measured = false;           ///< whether `metric` was measured at the end of this epoch
  bool stop = false;               ///< ends training after this epoch
  std::function<double()> loss{};  ///< the mean loss of the epoch so far
};

}  // namespace filigree
