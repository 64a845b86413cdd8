// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/finite.hpp>
#include <filigree/data/hold_out_edges.hpp>
#include <filigree/train/report.hpp>

#include <algorithm>
#include <concepts>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Anything that scores pairs of nodes: `m.scores_of(from, to)` returns a number for each pair.
/// `evaluate` with `area_under_curve` is a free function over it.
template <class M>
concept pair_scorer = requires(const M& m, std::span<const index> ids) {
  { m.scores_of(ids, ids) } -> std::same_as<std::vector<typename M::scalar>>;
};

/// The area under the receiver operating characteristic: the probability that a true pair scores
/// higher than a false one; ties count half.
struct area_under_curve {
  [[nodiscard]] static std::string name() { return "area_under_curve"; }
  /// Throws `shape_error` if the numbers of scores and labels differ, `range_error` for a score
  /// that is NaN and if no label, or every label, is true.
  template <std::floating_point T>
  [[nodiscard]] static double of(const std::vector<T>& score, std::span<const char> truth) {
    detail::expect_equal("area_under_curve: labels", std::ssize(score), std::ssize(truth));
    std::vector<std::pair<T, bool>> by_score;
    for (std::size_t k = 0; k < score.size(); ++k) {
      if (is_nan(score[k]))
        throw range_error("area_under_curve: score " + std::to_string(k) +
                          ": expected a number, got nan");
      by_score.emplace_back(score[k], truth[k] != 0);
    }
    std::ranges::sort(by_score);
    double wins = 0, hits = 0, misses = 0;  // among pairs with lower scores
    for (std::size_t k = 0; k < by_score.size();) {
      double alike[2] = {0, 0};
      const T s = by_score[k].first;
      for (; k < by_score.size() && by_score[k].first == s; ++k) alike[by_score[k].second] += 1;
      wins += alike[1] * (misses + alike[0] / 2);
      misses += alike[0];
      hits += alike[1];
    }
    if (hits == 0 || misses == 0)
      throw range_error(std::string("area_under_curve: ") + (hits == 0 ? "true" : "false") +
                        " labels: expected at least 1, got 0");
    return wins / (hits * misses);
  }
};

/// Evaluates a model's scores of held-out pairs. Throws whatever it and the metrics throw.
template <pair_scorer M, class... Metrics>
[[nodiscard]] report evaluate(const M& model, const labeled_pairs& pairs,
                              const Metrics&... metrics) {
  const auto score = model.scores_of(pairs.from, pairs.to);
  report out;
  (out.add(metrics.name(), metrics.of(score, pairs.is_edge)), ...);
  return out;
}

}  // namespace filigree
