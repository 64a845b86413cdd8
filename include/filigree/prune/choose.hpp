// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/share.hpp>
#include <filigree/prune/prunable.hpp>
#include <filigree/prune/prune_options.hpp>
#include <filigree/prune/select_units.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace filigree::detail {

/// How many of `total` units are kept after pruning number `turn` of a schedule.
[[nodiscard]] inline offset to_keep(const share& k, const prune_schedule& when, int turn,
                                    offset total) {
  if (turn >= when.times) return share_of(total, k.of);
  return share_of(total, when.kept_after(turn, decimal_of(k.of)));
}
[[nodiscard]] inline offset to_keep(const count& k, const prune_schedule& when, int turn,
                                    offset total) {
  if (turn >= when.times) return std::min(k.of, total);
  const double end = static_cast<double>(k.of) / static_cast<double>(std::max<offset>(1, total));
  return share_of(total, when.kept_after(turn, end));
}

/// The gates after pruning number `turn`: for each member, given the scores of its elements and the
/// sums of their gradients, 1 for what is kept, else 0.
template <class By, class T, backend B>
[[nodiscard]] std::vector<matrix<T, B>> choose(const B& on, const pruning_by<By>& p, int turn,
                                               const std::vector<prunable<T, B>>& parts,
                                               std::vector<matrix<T, B>> scores,
                                               const std::vector<matrix<T, B>>& sums) {
  const bool grows = regrow_of(p.keep) > 0;
  std::vector<bool> grouped(parts.size());
  std::vector<scored_units<T, B>> scored;
  std::vector<matrix<T, B>> gates;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    scored.emplace_back(on, part.grid, part.partner(), std::exchange(scores[i], {}), part.open(),
                        part.total);
    if (grows) scored.back().let_grow(on, sums[i], part.gate);
    gates.push_back(part.gate);
  }
  const auto of_scope = [&](const auto& k) {
    const auto kept = [&](offset total) { return to_keep(k, p.schedule, turn, total); };
    if (const auto* const all = std::get_if<together>(&k.among)) {
      offset total = 0;
      for (const auto& u : scored) total += u.total();
      return keep_best(on, std::span(scored), kept(total), k.regrow, all->least);
    }
    const auto* const some = std::get_if<by_group>(&k.among);
    for (std::size_t i = 0; i < scored.size(); ++i) {
      const auto& grid = parts[i].grid;
      grouped[i] = some && !parts[i].edges && grid.r == 1 && grid.c == 1;
      if (grouped[i]) {
        const kernels::keep_n_of_m<T> best{grid.rows,  grid.cols,         kept(some->m),  some->m,
                                           some->down, scored[i].score(), gates[i].data()};
        on.for_each(best.count(), best);
      } else {
        keep_best(on, std::span(&scored[i], 1), kept(scored[i].total()), k.regrow, 0);
      }
    }
  };
  if (const auto* const least = std::get_if<threshold>(&p.keep))
    for (auto& u : scored) u.keep_from(on, static_cast<T>(least->of));
  if (const auto* const k = std::get_if<share>(&p.keep)) of_scope(*k);
  if (const auto* const k = std::get_if<count>(&p.keep)) of_scope(*k);
  for (std::size_t i = 0; i < scored.size(); ++i) {
    if (!grouped[i]) scored[i].spread(on, gates[i]);
    const auto& can = parts[i].can;
    on.for_each(gates[i].size(),
                kernels::settle_gate<T>{parts[i].gate.data(), can.size() ? can.data() : nullptr,
                                        grows, gates[i].data()});
  }
  return gates;
}

}  // namespace filigree::detail
