// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

/// n draws from the standard normal distribution.
template <class T>
std::vector<T> normals(filigree::offset n, std::uint64_t seed = 1) {
  const filigree::philox random{.key = seed};
  std::vector<T> out;
  for (filigree::offset i = 0; i < n; ++i)
    out.push_back(static_cast<T>(random.normal(static_cast<std::uint64_t>(i))));
  return out;
}

/// The largest difference, relative to 1 + |x|; infinite for other sizes, NaN where one is.
template <class T>
double distance(const std::vector<T>& x, const std::vector<T>& y) {
  double most = x.size() == y.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    const double d = std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i])) /
                     (1 + std::abs(static_cast<double>(x[i])));
    most = d > most || std::isnan(d) ? d : most;
  }
  return most;
}
