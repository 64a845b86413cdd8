// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/text.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace filigree::detail {

/// Tables have a row for every id up to the largest, so a single stray id could waste a lot of
/// memory. Tracks the ids of a file and rejects a largest id that is not below one million plus 16
/// times the number of distinct ids.
class dense_ids {
 public:
  void see(offset id, const line_reader& in) {
    if (id <= largest_) return;
    largest_ = id;
    line_ = in.number();
  }
  /// Throws `file_error` naming the path, the line, the id and the number of distinct ids. `all()`
  /// returns every id seen, and is only called if needed.
  template <class All>
  void expect(const line_reader& in, std::string_view thing, const All& all) const {
    constexpr offset free = 1'000'000, each = 16;
    if (largest_ < free) return;
    auto ids = all();
    std::sort(ids.begin(), ids.end());
    const auto distinct = static_cast<offset>(std::unique(ids.begin(), ids.end()) - ids.begin());
    if (largest_ < free + each * distinct) return;
    throw file_error(in.path() + ":" + std::to_string(line_) + ": " + std::string(thing) +
                     ": expected below " + std::to_string(free + each * distinct) + " (there are " +
                     std::to_string(distinct) + "), got " + std::to_string(largest_) +
                     "; ids count from 0, renumber them");
  }

 private:
  offset largest_ = -1, line_ = 0;
};

}  // namespace filigree::detail
