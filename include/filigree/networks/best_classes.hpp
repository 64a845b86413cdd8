// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/index.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// The highest-scoring class in each row of scores, (rows x classes) in row-major order; ties go to
/// the lower class.
template <class T>
[[nodiscard]] std::vector<index> best_classes(const std::vector<T>& scores, index classes) {
  std::vector<index> best;
  for (auto row = scores.begin(); row != scores.end(); row += classes)
    best.push_back(static_cast<index>(std::max_element(row, row + classes) - row));
  return best;
}

namespace detail {
/// 0 to n - 1.
[[nodiscard]] inline std::vector<index> ids_below(index n) {
  std::vector<index> ids(static_cast<std::size_t>(n));
  std::iota(ids.begin(), ids.end(), index{0});
  return ids;
}
/// Throws `range_error` if a score is infinite or NaN, since no class would then be the best. There
/// is a row of `columns` scores for each id; `what` names the model and the kind of ids.
template <class T>
void expect_scores(const std::string& what, std::span<const index> ids,
                   const std::vector<T>& scores, index columns) {
  for (std::size_t k = 0; k < scores.size(); ++k)
    if (!is_finite(scores[k]))
      throw range_error(what + " " + std::to_string(ids[k / static_cast<std::size_t>(columns)]) +
                        ": scores: expected finite numbers, got " + std::to_string(scores[k]));
}
}  // namespace detail

}  // namespace filigree
