// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/data/text.hpp>
#include <filigree/tensor/coo.hpp>
#include <filigree/tensor/value_limits.hpp>

#include <algorithm>
#include <concepts>
#include <limits>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace filigree::detail {

/// Entries read from a text file, each with the line it came from.
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

  /// Throws `file_error` naming the line of the first duplicate entry, unless a policy says how to
  /// handle it, or the last line of the entries whose sum T cannot hold.
  template <class Offset, backend B>
  [[nodiscard]] coo<T, B, Index, Offset> to_coo(const B& on, const std::string& path, shape s,
                                                duplicates policy) const {
    try {
      return {on, s, row, col, value, policy};
    } catch (const range_error&) {
      if (policy == duplicates::error) name_duplicate(path);
      if constexpr (std::integral<T>)
        if (policy == duplicates::sum) name_sum(path);
      throw;
    }
  }

 private:
  [[nodiscard]] bool same_place(std::size_t a, std::size_t b) const {
    return row[a] == row[b] && col[a] == col[b];
  }
  /// The entries ordered by row, then column, then file order.
  [[nodiscard]] std::vector<std::size_t> by_place() const {
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [this](std::size_t k) { return std::tuple(row[k], col[k], k); });
    return order;
  }
  void name_duplicate(const std::string& path) const {
    const auto order = by_place();
    std::size_t again = row.size(), before = 0;
    for (std::size_t i = 1; i < order.size(); ++i)
      if (const auto a = order[i - 1], b = order[i]; same_place(a, b) && b < again)
        std::tie(before, again) = std::tie(a, b);
    if (again == row.size()) return;
    fail_at(path, again, "entry", "once", "it again after line " + std::to_string(line[before]));
  }
  void name_sum(const std::string& path) const {
    using limits = std::numeric_limits<T>;
    const auto order = by_place();
    kernels::int128 sum = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      sum += value[order[i]];
      if (i + 1 < order.size() && same_place(order[i], order[i + 1])) continue;
      if (sum < limits::lowest() || sum > limits::max())
        fail_at(path, order[i], "sum of the entries of this place",
                std::to_string(limits::lowest()) + " to " + std::to_string(limits::max()),
                to_string(sum));
      sum = 0;
    }
  }
  [[noreturn]] void fail_at(const std::string& path, std::size_t entry, const std::string& thing,
                            const std::string& expected, const std::string& got) const {
    line_reader in(path);
    while (in.number() < line[entry] && in.next()) {
    }
    in.fail(thing, expected, got);
  }
};

/// Throws `file_error` unless each value can be written as text and read back.
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
