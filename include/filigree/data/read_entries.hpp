// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/data/text.hpp>
#include <filigree/tensor/coo.hpp>

#include <algorithm>
#include <concepts>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace filigree::detail {

/// Entries as they are read from a text file, each with the line it came from.
template <class T, class Index>
struct read_entries {
  std::vector<Index> row, col;
  std::vector<T> value;
  std::vector<offset> line;

  void add(const line_reader& in, Index r, Index c, T v) {
    row.push_back(r);
    col.push_back(c);
    value.push_back(v);
    line.push_back(in.number());
  }

  /// Throws `file_error` naming the line of the first entry that occurs twice, unless a policy says
  /// what to do.
  template <class Offset, backend B>
  [[nodiscard]] coo<T, B, Index, Offset> to_coo(const B& on, const std::string& path, shape s,
                                                duplicates policy) const {
    try {
      return {on, s, row, col, value, policy};
    } catch (const range_error&) {
      if (policy == duplicates::error) name_duplicate(path);
      throw;
    }
  }

 private:
  void name_duplicate(const std::string& path) const {
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [this](std::size_t k) { return std::tuple(row[k], col[k], k); };
    std::ranges::sort(order, {}, key);
    std::size_t again = row.size(), before = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const auto a = order[i - 1], b = order[i];
      if (row[a] == row[b] && col[a] == col[b] && b < again)
        std::tie(before, again) = std::tie(a, b);
    }
    if (again == row.size()) return;
    line_reader in(path);
    while (in.number() < line[again] && in.next()) {
    }
    in.fail("entry", "once", "it again after line " + std::to_string(line[before]));
  }
};

/// Throws `file_error` unless text can hold each value so that it can be read again.
template <class T>
void expect_finite(const std::string& path, const std::vector<T>& value) {
  if constexpr (std::floating_point<T>) {
    const auto bad = std::ranges::find_if(value, [](T v) { return !is_finite(v); });
    if (bad == value.end()) return;
    std::string got;
    append_number(got, *bad);
    throw file_error(path + ": value of entry " + std::to_string(bad - value.begin()) +
                     ": expected a finite number, got " + got);
  }
}

}  // namespace filigree::detail
