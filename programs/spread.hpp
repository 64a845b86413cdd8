// SPDX-License-Identifier: Apache-2.0
// The mean and the standard deviation of several runs, as JSON.
#pragma once
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

/// {"mean", "std", "each"}: std with n - 1, 0 for one run.
inline nlohmann::ordered_json spread_of(const std::vector<double>& each) {
  double sum = 0, squares = 0;
  for (const double x : each) sum += x;
  const double mean = sum / static_cast<double>(each.size());
  for (const double x : each) squares += (x - mean) * (x - mean);
  const double deviation =
      each.size() > 1 ? std::sqrt(squares / static_cast<double>(each.size() - 1)) : 0;
  return {{"mean", mean}, {"std", deviation}, {"each", each}};
}
