// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/random.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Reads ids from 0 to below `bound`, one a line, each once. Throws `file_error` naming the line.
[[nodiscard]] inline std::vector<index> load_ids(const std::string& path, index bound) {
  line_reader in(path);
  std::vector<index> ids;
  std::vector<char> seen(static_cast<std::size_t>(bound));
  while (in.next()) {
    if (in.blank()) continue;
    const auto id = in.parse<index>(in.word(), "id", 0, bound - 1);
    if (in.more()) in.fail("id", "one on a line", "more");
    if (std::exchange(seen[static_cast<std::size_t>(id)], 1))
      in.fail("id", "each once", std::to_string(id) + " again");
    ids.push_back(id);
  }
  return ids;
}

/// Two parts of a list of ids, each ascending.
struct id_parts {
  std::vector<index> rest, held_out;
};

namespace detail {
/// The ids of each class, in an order that the seed draws.
[[nodiscard]] inline std::map<index, std::vector<index>> shuffled_classes(
    std::span<const index> label, std::span<const index> ids, std::uint64_t seed) {
  std::map<index, std::vector<index>> classes;
  for (const index id : ids) {
    if (id < 0 || id >= static_cast<index>(label.size()))
      throw range_error("folds: id: expected 0 to " + std::to_string(label.size() - 1) + ", got " +
                        std::to_string(id));
    classes[label[static_cast<std::size_t>(id)]].push_back(id);
  }
  const philox random{seed, 0x666f6c64};
  for (auto& [c, members] : classes)
    std::ranges::sort(members, {}, [&](index id) {
      return std::pair(random.bits(static_cast<std::uint64_t>(id)), id);
    });
  return classes;
}
}  // namespace detail

/// Holds out `share` of the ids of each class, rounded, at random, but never all. Throws
/// `range_error` unless 0 < share < 1. The seed decides alone.
[[nodiscard]] inline id_parts stratified_share(std::span<const index> label,
                                               std::span<const index> ids, double share,
                                               std::uint64_t seed) {
  if (!(share > 0 && share < 1))
    throw range_error("folds: share: expected between 0 and 1, got " + std::to_string(share));
  id_parts out;
  for (const auto& [c, members] : detail::shuffled_classes(label, ids, seed)) {
    const auto n = members.size();
    const auto count =
        std::min(n - 1, static_cast<std::size_t>(std::lround(share * static_cast<double>(n))));
    const auto middle = members.begin() + static_cast<std::ptrdiff_t>(count);
    out.held_out.insert(out.held_out.end(), members.begin(), middle);
    out.rest.insert(out.rest.end(), middle, members.end());
  }
  std::ranges::sort(out.rest);
  std::ranges::sort(out.held_out);
  return out;
}

/// Divides the ids into folds that differ by at most one element of each class; fold k's `held_out`
/// is a fold, its `rest` all others. Throws `range_error` for fewer than two folds, or more than
/// there are ids. The seed decides alone.
[[nodiscard]] inline std::vector<id_parts> stratified_folds(std::span<const index> label,
                                                            std::span<const index> ids, int folds,
                                                            std::uint64_t seed) {
  if (folds < 2 || folds > static_cast<int>(ids.size()))
    throw range_error("folds: number: expected 2 to " + std::to_string(ids.size()) + ", got " +
                      std::to_string(folds));
  std::vector<id_parts> out(static_cast<std::size_t>(folds));
  std::size_t turn = 0;
  for (const auto& [c, members] : detail::shuffled_classes(label, ids, seed))
    for (const index id : members) {
      for (std::size_t k = 0; k < out.size(); ++k)
        (k == turn ? out[k].held_out : out[k].rest).push_back(id);
      turn = (turn + 1) % out.size();
    }
  for (auto& part : out) {
    std::ranges::sort(part.rest);
    std::ranges::sort(part.held_out);
  }
  return out;
}

}  // namespace filigree
