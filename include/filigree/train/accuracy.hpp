// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/networks/best_classes.hpp>
#include <filigree/tasks/classifier.hpp>
#include <filigree/train/report.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// A metric of predicted classes: `name()` and `of(truth, predicted, classes)`.
template <class M>
concept class_metric = requires(const M& m, std::span<const index> classes, index n) {
  { m.name() } -> std::convertible_to<std::string>;
  { m.of(classes, classes, n) } -> std::convertible_to<double>;
};

/// A metric of scores: `name()` and `of(truth, scores, classes)`, where scores has a row of length
/// `classes` for each element of truth.
template <class M, class T>
concept score_metric = requires(const M& m, std::span<const index> truth,
                                const std::vector<T>& scores, index n) {
  { m.name() } -> std::convertible_to<std::string>;
  { m.of(truth, scores, n) } -> std::convertible_to<double>;
};

/// A metric that applies to a classifier with scores of type T.
template <class M, class T>
concept classifier_metric = class_metric<M> || score_metric<M, T>;

/// The share of correct predictions.
struct accuracy {
  [[nodiscard]] static std::string name() { return "accuracy"; }
  [[nodiscard]] static double of(std::span<const index> truth, std::span<const index> predicted,
                                 index) {
    offset right = 0;
    for (std::size_t k = 0; k < truth.size(); ++k) right += truth[k] == predicted[k];
    detail::expect_least("accuracy: predictions", std::ssize(truth), 1);
    return static_cast<double>(right) / static_cast<double>(truth.size());
  }
};

/// The mean, over classes that occur or are predicted, of 2 hits / (occurrences + predictions).
struct macro_f1 {
  [[nodiscard]] static std::string name() { return "macro_f1"; }
  [[nodiscard]] static double of(std::span<const index> truth, std::span<const index> predicted,
                                 index classes) {
    std::vector<offset> hits(static_cast<std::size_t>(classes)), seen(hits.size());
    for (std::size_t k = 0; k < truth.size(); ++k) {
      const auto t = static_cast<std::size_t>(truth[k]), p = static_cast<std::size_t>(predicted[k]);
      hits[t] += t == p;
      ++seen[t];
      ++seen[p];
    }
    double sum = 0;
    offset there = 0;
    for (std::size_t c = 0; c < hits.size(); ++c) {
      if (!seen[c]) continue;
      sum += 2 * static_cast<double>(hits[c]) / static_cast<double>(seen[c]);
      ++there;
    }
    detail::expect_least("macro_f1: predictions", std::ssize(truth), 1);
    return sum / static_cast<double>(there);
  }
};

/// The mean of ln p of the true class, where p is the softmax of the scores: the negated cross
/// entropy, so higher is better. Smoother than `accuracy` when little data is held out.
struct log_likelihood {
  [[nodiscard]] static std::string name() { return "log_likelihood"; }
  template <std::floating_point T>
  [[nodiscard]] static double of(std::span<const index> truth, const std::vector<T>& scores,
                                 index classes) {
    double sum = 0;
    auto row = scores.begin();
    for (const index t : truth) {
      const double largest = *std::max_element(row, row + classes);
      double all = 0;
      for (index c = 0; c < classes; ++c) all += std::exp(row[c] - largest);
      sum += row[t] - largest - std::log(all);
      row += classes;
    }
    detail::expect_least("log_likelihood: scores", std::ssize(truth), 1);
    return sum / static_cast<double>(truth.size());
  }
};

/// Evaluates a model on the nodes or graphs `ids`. Throws `range_error` if there are none, for one
/// that does not exist or has no class, and for scores that are not finite.
template <classifier M, classifier_metric<typename M::scalar>... Metrics>
[[nodiscard]] report evaluate(const M& model, const std::vector<index>& ids,
                              const Metrics&... metrics) {
  const auto label = model.labels();
  detail::expect_ids("evaluate: id", ids, 0, static_cast<index>(label.size()));
  std::vector<index> truth;
  for (const index id : ids) {
    truth.push_back(label[static_cast<std::size_t>(id)]);
    if (truth.back() < 0)
      throw range_error("evaluate: class of " + std::to_string(id) + ": expected one, got none");
  }
  detail::expect_least("evaluate: ids", std::ssize(ids), 1);
  const auto scores = model.scores_of(ids);
  detail::expect_scores("evaluate: id", ids, scores, model.classes());
  const auto predicted = best_classes(scores, model.classes());
  const auto measure = [&]<class Metric>(const Metric& m) {
    if constexpr (class_metric<Metric>)
      return m.of(truth, predicted, model.classes());
    else
      return m.of(truth, scores, model.classes());
  };
  report out;
  (out.add(metrics.name(), measure(metrics)), ...);
  return out;
}

}  // namespace filigree
