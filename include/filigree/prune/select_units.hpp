// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/runs.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/share.hpp>
#include <filigree/kernels/csr.hpp>
#include <filigree/kernels/prune.hpp>
#include <filigree/tensor/limits.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <string>

namespace filigree::detail {

/// How many of n scores belong to units that remain.
template <class T, backend B>
[[nodiscard]] offset finite(const B& on, const T* score, offset n) {
  return static_cast<offset>(
      on.select(n, kernels::at_least<T>{score, std::numeric_limits<T>::lowest()}).size());
}

/// The units of a member with their scores, and which of them are kept.
template <class T, backend B>
class scored_units {
 public:
  /// Only open elements are scored; with partners, units are edges.
  scored_units(const B& on, const kernels::unit_grid& grid, const offset* partner,
               const matrix<T, B>& score, const matrix<T, B>& open, offset total)
      : grid_(grid),
        partner_(partner),
        total_(total),
        score_(units_of(on, score, open)),
        keep_(on.template zeros<T>(grid.count())) {}
  /// Allows pruned units to regrow: `sum` holds the accumulated gradients of the elements.
  void let_grow(const B& on, const matrix<T, B>& sum, const matrix<T, B>& gate) {
    matrix<T, B> closed(on, sum.shape()), score(on, sum.shape());
    on.for_each(sum.size(),
                kernels::pruned_scores<T>{sum.data(), gate.data(), closed.data(), score.data()});
    grown_ = units_of(on, score, closed);
  }

  /// The original number of units of the member, and the number of places for them.
  [[nodiscard]] offset total() const { return total_; }
  [[nodiscard]] offset count() const { return grid_.count(); }
  /// Scores of the remaining units, -infinity for pruned ones; `grown`: the reverse.
  [[nodiscard]] const T* score() const { return score_.data(); }
  [[nodiscard]] const T* grown() const { return grown_.size() ? grown_.data() : nullptr; }
  [[nodiscard]] T* keep() { return keep_.data(); }

  void keep_from(const B& on, T least) {
    const auto stay = on.select(count(), kernels::at_least<T>{score_.data(), least});
    on.for_each(static_cast<offset>(stay.size()),
                kernels::set_at<T>{stay.data(), T(1), keep_.data()});
  }
  void spread(const B& on, matrix<T, B>& gate) const {
    on.for_each(gate.size(), kernels::spread_units<T>{grid_, partner_, keep_.data(), gate.data()});
  }
  /// Gives the best `least` units of the member a score that nothing beats.
  void protect(const B& on, offset least) {
    const auto best = top_k(on, score(), count(), std::min(least, finite(on, score(), count())));
    on.for_each(static_cast<offset>(best.size()),
                kernels::set_at<T>{best.data(), std::numeric_limits<T>::infinity(), score_.data()});
  }

 private:
  using units = typename B::template buffer<T>;

  [[nodiscard]] units units_of(const B& on, const matrix<T, B>& score,
                               const matrix<T, B>& open) const {
    auto unit = on.template allocate<T>(count());
    on.for_each(count(), kernels::unit_score<T>{grid_, score.data(), open.data(), unit.data()});
    if (partner_) on.for_each(count(), kernels::hide_second<T>{partner_, unit.data()});
    return unit;
  }

  kernels::unit_grid grid_;
  const offset* partner_;
  offset total_;
  units score_, keep_, grown_{};
};

/// Keeps the k best remaining units of all these members together, the first among equals; a share
/// `regrow` of the k comes from pruned units. The best of each member, a share `least` of it, are
/// kept whatever their scores.
template <class T, backend B>
void keep_best(const B& on, std::span<scored_units<T, B>> all, offset k, float regrow,
               float least) {
  offset places = 0, safe = 0;
  for (auto& u : all) {
    const offset here = share_of(u.total(), least);
    if (here > 0) u.protect(on, here);
    safe += here;
    places += u.count();
  }
  if (safe > k)
    throw range_error("pruning: least: expected at most " + std::to_string(k) +
                      " units in all, got " + std::to_string(safe));
  auto score = on.template allocate<T>(places);
  auto keep = on.template zeros<T>(places);
  const auto gather = [&](const auto& of) {
    offset at = 0;
    for (const auto& u : all) {
      on.copy(of(u), score.data() + at, u.count());
      at += u.count();
    }
    return finite(on, static_cast<const T*>(score.data()), places);
  };
  const auto mark_best = [&](offset n) {
    const auto best = top_k(on, static_cast<const T*>(score.data()), places, n);
    on.for_each(n, kernels::set_at<T>{best.data(), T(1), keep.data()});
  };
  offset grow = 0;
  if (regrow > 0) {
    grow = std::min(gather([](const auto& u) { return u.grown(); }),
                    std::min(share_of(k, regrow), k - safe));
    mark_best(grow);
  }
  const offset left = gather([](const auto& u) { return u.score(); });
  mark_best(std::min(left, k - grow));
  offset at = 0;
  for (auto& u : all) {
    on.copy(static_cast<const T*>(keep.data()) + at, u.keep(), u.count());
    at += u.count();
  }
}

}  // namespace filigree::detail
