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

/// Coordinate ascent: changes one option at a time to the next higher or lower of its values, as
/// long as worth(options) grows.
template <class Options>
[[nodiscard]] tuned<Options> ascend(Options options, std::vector<tunable<Options>> axes,
                                    const auto& worth) {
  std::map<std::vector<float>, double> known;
  const auto value_of = [&](const Options& o) {
    std::vector<float> key;
    for (const auto& axis : axes) key.push_back(o.*axis.option);
    const auto [at, is_new] = known.try_emplace(std::move(key));
    if (is_new) at->second = worth(o);
    return at->second;
  };
  for (auto& [option, values] : axes) {  // where it starts is one of the values
    values.push_back(options.*option);
    std::ranges::sort(values);
    const auto twice = std::ranges::unique(values);
    values.erase(twice.begin(), twice.end());
  }
  double best = value_of(options);
  const auto climb = [&](const tunable<Options>& axis, int step) {
    const auto from = best;
    for (auto at =
             std::ranges::find(axis.values, options.*axis.option) - axis.values.begin() + step;
         at >= 0 && at < std::ssize(axis.values); at += step) {
      auto next = options;
      next.*axis.option = axis.values[static_cast<std::size_t>(at)];
      const double value = value_of(next);
      if (!(value > best)) break;
      best = value;
      options = next;
    }
    return best > from;
  };
  bool climbs = true;
  while (climbs) {
    climbs = false;
    for (const auto& axis : axes) climbs |= climb(axis, 1) || climb(axis, -1);
  }
  return {std::move(options), best, static_cast<int>(known.size())};
}

template <class M>
using options_type = std::remove_cvref_t<decltype(std::declval<const M&>().options())>;

}  // namespace detail

/// Chooses the options of a recommender that has a closed form, such as `ease` and `item_knn`: it
/// constructs the model with different options, starting with `start`, and keeps those whose
/// ranking of the held-out interactions is best (coordinate ascent over `tunables_of(start)`).
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
