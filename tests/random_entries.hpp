// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/index.hpp>
#include <filigree/core/random.hpp>
#include <filigree/core/views.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

/// Random entries of a sparse matrix as real ones are: a third of the rows empty, row 1 and column
/// 1 hubs, in random order, no place twice.
template <class T>
struct random_entries {
  filigree::shape shape;
  std::vector<filigree::index> row, col;
  std::vector<T> value;

  random_entries(filigree::offset rows, filigree::offset cols, std::uint64_t seed = 1)
      : shape{rows, cols} {
    const filigree::philox random{.key = seed};
    const auto at = [&](filigree::offset r, filigree::offset c) {
      return static_cast<std::uint64_t>(r * cols + c);
    };
    std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
    for (filigree::offset r = 0; r < rows; ++r)
      for (filigree::offset c = 0; c < cols; ++c) {
        const double share = r % 3 == 2 ? 0 : r == 1 ? 0.9 : c == 1 ? 0.5 : 0.05;
        if (random.uniform(at(r, c)) < share)
          places.emplace_back(filigree::philox{.key = seed, .stream = 1}.bits(at(r, c)), at(r, c));
      }
    std::sort(places.begin(), places.end());
    for (const auto& [order, place] : places) {
      row.push_back(static_cast<filigree::index>(place / static_cast<std::uint64_t>(cols)));
      col.push_back(static_cast<filigree::index>(place % static_cast<std::uint64_t>(cols)));
      value.push_back(static_cast<T>(filigree::philox{.key = seed, .stream = 2}.normal(place)));
    }
  }
};
