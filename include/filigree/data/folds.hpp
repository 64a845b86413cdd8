// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/random.hpp>
#include <filigree/data/check_graph.hpp>
#include <filigree/data/shuffle.hpp>
#include <filigree/data/text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace filigree {

/// Ids in two parts, each ascending.
struct id_split {
  std::vector<index> rest, held_out;
};

/// Reads ids, one per line, each below `bound` and without duplicates; returns them in ascending
/// order. Throws `file_error` naming path and line for anything else, and for a file without ids.
[[nodiscard]] inline std::vector<index> load_ids(const std::string& path, index bound) {
  line_reader in(path);
  std::vector<char> known(static_cast<std::size_t>(std::max(bound, 0)));
  std::vector<index> ids;
  while (in.next()) {
    if (in.blank()) continue;
    const auto id = in.parse<index>(in.word(), "id", 0, bound - 1);
    if (in.more()) in.fail("id", "one a line", "more");
    if (known[static_cast<std::size_t>(id)]++)
      in.fail("id " + std::to_string(id), "once", "it again");
    ids.push_back(id);
  }
  if (ids.empty()) in.fail_file("ids", "at least 1", "none");
  std::ranges::sort(ids);
  return ids;
}

namespace detail {
/// Throws `range_error` for an id without a label (a negative one).
inline void expect_label(const std::string& operation, index id, index label) {
  if (label < 0)
    throw range_error(operation + ": label of id " + std::to_string(id) +
                      ": expected at least 0, got " + std::to_string(label));
}
/// Sorts ids by label, in random order within each label.
inline void shuffle_classes(std::vector<index>& ids, std::span<const index> labels, philox random) {
  shuffle(ids, random);
  std::ranges::stable_sort(ids, {}, [&](index id) { return labels[static_cast<std::size_t>(id)]; });
}
}  // namespace detail

/// Assigns elements to folds at random so that the sizes of any two folds differ by at most 1,
/// within each class and overall. Returns the fold of each element, from 0. The draw depends only
/// on the seed. Throws `range_error` unless there are at least 2 folds and at least as many
/// elements as folds, and for an element without a label.
[[nodiscard]] inline std::vector<index> stratified_folds(std::span<const index> labels, int folds,
                                                         std::uint64_t seed) {
  if (folds < 2 || folds > std::ssize(labels))
    throw range_error("stratified_folds: folds: expected 2 to " + std::to_string(labels.size()) +
                      ", the number of elements, got " + std::to_string(folds));
  std::vector<index> order(labels.size());
  std::iota(order.begin(), order.end(), 0);
  for (const index id : order)
    detail::expect_label("stratified_folds", id, labels[static_cast<std::size_t>(id)]);
  detail::shuffle_classes(order, labels, {seed, 0x666f6c6473});
  std::vector<index> fold(labels.size());
  for (std::size_t k = 0; k < order.size(); ++k)
    fold[static_cast<std::size_t>(order[k])] =
        static_cast<index>(k % static_cast<std::size_t>(folds));
  return fold;
}

/// Splits off the elements of fold k from the rest.
[[nodiscard]] inline id_split hold_out_fold(std::span<const index> folds, index k) {
  id_split parts;
  for (index id = 0; id < std::ssize(folds); ++id)
    (folds[static_cast<std::size_t>(id)] == k ? parts.held_out : parts.rest).push_back(id);
  return parts;
}

/// Holds out `share` of the ids of each class, rounded and drawn at random; at least one id of each
/// class is kept. Label k belongs to id k. The draw depends only on the seed. Throws `range_error`
/// unless 0 < share < 1, and for an id without a label.
[[nodiscard]] inline id_split stratified_share(std::span<const index> labels,
                                               std::span<const index> ids, float share,
                                               std::uint64_t seed) {
  detail::expect_between_0_and_1("stratified_share: share", share);
  detail::expect_ids("stratified_share: id", ids, 0, static_cast<index>(labels.size()));
  for (const index id : ids)
    detail::expect_label("stratified_share", id, labels[static_cast<std::size_t>(id)]);
  std::vector<index> order(ids.begin(), ids.end());
  detail::shuffle_classes(order, labels, {seed, 0x7368617265});
  const auto label_of = [&](index id) { return labels[static_cast<std::size_t>(id)]; };
  id_split parts;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::ranges::upper_bound(first, order.end(), label_of(*first), {}, label_of);
    const auto size = last - first;
    const auto wanted = std::lround(static_cast<double>(share) * static_cast<double>(size));
    const auto middle = first + std::min<offset>(wanted, size - 1);
    parts.held_out.insert(parts.held_out.end(), first, middle);
    parts.rest.insert(parts.rest.end(), middle, last);
    first = last;
  }
  std::ranges::sort(parts.rest);
  std::ranges::sort(parts.held_out);
  return parts;
}

}  // namespace filigree
