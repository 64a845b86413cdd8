// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/core/views.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>

namespace filigree {

/// How a layer stores its weight: `automatic` selects the format that is measured to be fastest.
/// `dense` stores all of it, in rows or in blocks, whichever the machine multiplies faster.
enum class weight_format { automatic, dense, csr, block, n_of_m };

/// The name of a format.
[[nodiscard]] inline std::string name_of(weight_format f) {
  constexpr std::array names{"automatic", "dense", "csr", "block", "n_of_m"};
  return names[static_cast<std::size_t>(f)];
}

/// The formats in which a weight can be stored.
inline constexpr std::array weight_formats{weight_format::dense, weight_format::csr,
                                           weight_format::block, weight_format::n_of_m};

/// Seconds that a product takes in each format; 0: not tried.
struct format_seconds {
  /// The largest fraction of the dense time for which a sparse format is worthwhile: smaller gains
  /// are within measurement noise.
  static constexpr double worth_it = 0.9;

  std::array<double, weight_formats.size()> seconds{};
  bool dense_in_blocks = false;  ///< dense is faster in blocks, none of them omitted

  [[nodiscard]] double& operator[](weight_format f) {
    return seconds[static_cast<std::size_t>(f) - 1];
  }
  [[nodiscard]] double operator[](weight_format f) const {
    return seconds[static_cast<std::size_t>(f) - 1];
  }
  /// The fastest of the sparse formats that were tried; dense if none was.
  [[nodiscard]] weight_format fastest_sparse() const {
    auto best = weight_format::dense;
    for (const auto f : weight_formats)
      if (f != weight_format::dense && (*this)[f] > 0 &&
          (best == weight_format::dense || (*this)[f] < (*this)[best]))
        best = f;
    return best;
  }
  /// The fastest sparse format if it takes at least a tenth less time than dense, else dense.
  [[nodiscard]] weight_format best() const {
    const auto sparse = fastest_sparse();
    const double dense = (*this)[weight_format::dense];
    return (*this)[sparse] <= worth_it * dense ? sparse : weight_format::dense;
  }
};

/// The structure of a weight's zeros.
struct weight_structure {
  filigree::shape shape;
  double zeros = 0;             ///< share of the elements
  double blocks = 0;            ///< share of the elements that are in blocks with a nonzero
  filigree::shape block{4, 1};  ///< the blocks counted
  offset n = 0, m = 0;  ///< each row has at most n nonzeros in every m columns; 0: no such pattern

  /// Whether the zeros are placed such that a format can skip them; for blocks, at least half of
  /// them.
  [[nodiscard]] bool suits(weight_format f) const {
    if (f == weight_format::n_of_m) return m > 0;
    return f != weight_format::block || 1 - blocks >= zeros / 2;
  }

  /// Analyzes a row-major weight in host memory. If m is 0, looks for groups of 4, 5, 8, 10, 16 or
  /// 20 columns that are about as full as the weight; otherwise, counts n if it is 0.
  template <class T>
  [[nodiscard]] static weight_structure of(std::span<const T> weight, filigree::shape s,
                                           filigree::shape block = {4, 1}, offset n = 0,
                                           offset m = 0) {
    detail::expect_least("weight_structure: rows of a block", block.rows, 1);
    detail::expect_least("weight_structure: columns of a block", block.cols, 1);
    detail::expect_least("weight_structure: n", n, 0);
    detail::expect_least("weight_structure: m", m, 0);
    weight_structure found{s, 0, 0, block, n, m};
    if (s.size() == 0) return found;
    const auto at = [&](offset r, offset c) {
      return weight[static_cast<std::size_t>(r * s.cols + c)] != T{};
    };
    const auto all = static_cast<double>(s.size());
    found.zeros = static_cast<double>(std::ranges::count(weight, T{})) / all;
    offset kept = 0;
    for (offset r = 0; r < s.rows; r += block.rows)
      for (offset c = 0; c < s.cols; c += block.cols) {
        const offset down = std::min(s.rows, r + block.rows);
        const offset right = std::min(s.cols, c + block.cols);
        bool any = false;
        for (offset i = r; i < down && !any; ++i)
          for (offset j = c; j < right && !any; ++j) any = at(i, j);
        if (any) kept += (down - r) * (right - c);
      }
    found.blocks = static_cast<double>(kept) / all;
    const auto fullest = [&](offset width) {
      offset most = 1;
      for (offset r = 0; r < s.rows; ++r)
        for (offset c = 0; c < s.cols; c += width) {
          offset count = 0;
          for (offset j = c; j < std::min(s.cols, c + width); ++j) count += at(r, j);
          most = std::max(most, count);
        }
      return most;
    };
    if (m > 0 && n == 0) found.n = fullest(m);
    if (m == 0)
      for (const offset width : {4, 5, 8, 10, 16, 20}) {
        if (width > s.cols) break;
        const offset most = fullest(width);
        const double share = static_cast<double>(most) / static_cast<double>(width);
        if (share > 1.1 * (1 - found.zeros) || most == width) continue;
        found.n = most;
        found.m = width;
        break;
      }
    return found;
  }
};

namespace detail {
/// Seconds as milliseconds with three significant digits: `0.412 ms`.
[[nodiscard]] inline std::string milliseconds(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g ms", seconds * 1e3);
  return text.data();
}
[[nodiscard]] inline std::string percent(double share) {
  return std::to_string(std::lround(100 * share)) + " %";
}
}  // namespace detail

/// One sentence explaining the choice of the best format:
/// `csr: 0.41 ms against 1.52 ms dense at 90 % zeros`, or
/// `dense: 30 % zeros would be slower sparse: csr 2.9 ms against 1.5 ms dense`, or
/// `dense: 60 % zeros would be less than a tenth faster sparse: csr 1.4 ms against 1.5 ms dense`.
[[nodiscard]] inline std::string reason_for(const format_seconds& t, double zeros) {
  const auto chosen = t.best(), sparse = t.fastest_sparse();
  const double dense = t[weight_format::dense];
  const auto against =
      detail::milliseconds(t[sparse]) + " against " + detail::milliseconds(dense) + " dense";
  const auto share = detail::percent(zeros) + " zeros";
  if (chosen != weight_format::dense) return name_of(chosen) + ": " + against + " at " + share;
  return "dense: " + share + " would be " +
         (t[sparse] < dense ? "less than a tenth faster" : "slower") +
         " sparse: " + name_of(sparse) + " " + against;
}

}  // namespace filigree
