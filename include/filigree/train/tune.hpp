// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/data/split.hpp>
#include <filigree/tasks/ease.hpp>
#include <filigree/tasks/item_knn.hpp>
#include <filigree/train/evaluate.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

namespace filigree {

/// An option that `tune` may change, and the values it may try.
template <class Options>
struct tunable {
  float Options::*option;
  std::vector<float> values;
};

/// What `tune` changes for each kind of model. Overload this for the options of your own models.
[[nodiscard]] inline std::vector<tunable<ease_options>> tunables_of(const ease_options&) {
  return {{&ease_options::lambda, {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}}};
}
[[nodiscard]] inline std::vector<tunable<item_knn_options>> tunables_of(const item_knn_options&) {
  return {{&item_knn_options::user_exponent, {0, 0.25f, 0.5f, 0.75f, 1, 1.25f}},
          {&item_knn_options::source_exponent, {0, 0.1f, 0.3f, 0.5f, 0.7f, 0.9f}},
          {&item_knn_options::target_exponent, {0, 0.1f, 0.3f, 0.5f, 0.7f, 0.9f}}};
}

/// The best options that `tune` found.
template <class Options>
struct tuned {
  Options options{};
  double value = 0;  ///< of the metric, on the held-out part
  int models = 0;    ///< number of models constructed and evaluated
};

namespace detail {

/// Moves each option to the next higher or lower of its values, then two of them at a time, as long
/// as worth(options) grows.
template <class Options>
[[nodiscard]] tuned<Options> ascend(const Options& start, std::vector<tunable<Options>> axes,
                                    const auto& worth) {
  using place = std::vector<std::size_t>;  // which of its values each option has
  place at;
  for (auto& [option, values] : axes) {
    values.push_back(start.*option);
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    at.push_back(
        static_cast<std::size_t>(std::ranges::find(values, start.*option) - values.begin()));
  }
  const auto options_at = [&](const place& p) {
    auto options = start;
    for (std::size_t k = 0; k < axes.size(); ++k) options.*axes[k].option = axes[k].values[p[k]];
    return options;
  };
  std::map<place, double> known;
  double best = known[at] = worth(options_at(at));
  const auto step = [&](std::size_t a, int by_a, std::size_t b, int by_b) {
    auto next = at;
    next[a] += static_cast<std::size_t>(by_a);  // below 0 it wraps around, to above all values
    if (a != b) next[b] += static_cast<std::size_t>(by_b);
    if (next[a] >= axes[a].values.size() || next[b] >= axes[b].values.size()) return false;
    const auto [found, is_new] = known.try_emplace(next);
    if (is_new) found->second = worth(options_at(next));
    if (!(found->second > best)) return false;
    best = found->second;
    at = next;
    return true;
  };
  const auto climb = [&](std::size_t a, int by_a, std::size_t b, int by_b) {
    bool climbs = false;
    while (step(a, by_a, b, by_b)) climbs = true;
    return climbs;
  };
  for (bool climbs = true; climbs;) {
    climbs = false;
    for (std::size_t a = 0; a < axes.size(); ++a)
      for (const int by : {1, -1}) climbs = climb(a, by, a, by) || climbs;
    for (std::size_t a = 0; a < axes.size() && !climbs; ++a)
      for (std::size_t b = 0; b < a && !climbs; ++b)
        for (const int by : {1, -1})
          for (const int by_other : {1, -1}) climbs = climbs || climb(a, by, b, by_other);
  }
  return {options_at(at), best, static_cast<int>(known.size())};
}

template <class M>
using options_type = std::remove_cvref_t<decltype(std::declval<const M&>().options())>;

}  // namespace detail

/// Chooses the options of a recommender that has a closed form, such as `ease` and `item_knn`: it
/// constructs the model with different options, starting with `start`, and keeps those whose
/// ranking of the held-out interactions is best, climbing along `tunables_of(start)`.
/// Deterministic. Throws what the model's constructor and `evaluate` throw.
template <recommender M, metric Metric = ndcg_at>
[[nodiscard]] tuned<detail::options_type<M>> tune(const interactions& train,
                                                  const interactions& held_out,
                                                  const Metric& metric = {.k = 20},
                                                  const detail::options_type<M>& start = {},
                                                  const typename M::backend_type& on = {}) {
  return detail::ascend(start, tunables_of(start), [&](const auto& options) {
    return evaluate(M(train, options, on), held_out, metric)[metric.name()];
  });
}

/// The same on a share that is held out of the training data: the model to use is then constructed
/// from all of them. Throws what `split` throws, too.
template <recommender M, metric Metric = ndcg_at>
[[nodiscard]] tuned<detail::options_type<M>> tune(const interactions& train,
                                                  leave_out how = {.share = 0.1f},
                                                  const Metric& metric = {.k = 20},
                                                  const detail::options_type<M>& start = {},
                                                  const typename M::backend_type& on = {}) {
  const auto [rest, held_out] = split(train, how);
  return tune<M>(rest, held_out, metric, start, on);
}

}  // namespace filigree
