// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/archive_options.hpp>
#include <filigree/core/checksum.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/core/finite.hpp>
#include <filigree/core/random.hpp>
#include <filigree/nn/features.hpp>
#include <filigree/ops/cross_entropy.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/row_set.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace filigree {

/// Whatever tells classes: `m.scores_of(ids)` gives a score for each class of each of those nodes
/// or graphs, (ids x classes) row by row, `m.labels()` the true classes of all (-1: unknown),
/// `m.classes()` their number. `evaluate` with `accuracy`, `macro_f1` or `log_likelihood` is a free
/// function over it.
template <class M>
concept classifier = requires(const M& m, std::span<const index> ids) {
  { m.scores_of(ids) } -> std::same_as<std::vector<typename M::scalar>>;
  { m.labels() } -> std::same_as<std::span<const index>>;
  { m.classes() } -> std::convertible_to<index>;
};

namespace detail {
/// Throws `range_error` where a score is infinite or NaN: with it no class would be the best. There
/// is a row of `columns` scores for each id; `what` names the model and what the ids are.
template <class T>
void expect_scores(const std::string& what, std::span<const index> ids,
                   const std::vector<T>& scores, index columns) {
  for (std::size_t k = 0; k < scores.size(); ++k)
    if (!is_finite(scores[k]))
      throw range_error(what + " " + std::to_string(ids[k / static_cast<std::size_t>(columns)]) +
                        ": scores: expected finite numbers, got " + std::to_string(scores[k]));
}
}  // namespace detail

/// The class of the highest score in each row of scores, (rows x classes) row by row; ties: the
/// lower class.
template <class T>
[[nodiscard]] std::vector<index> best_classes(const std::vector<T>& scores, index classes) {
  std::vector<index> best;
  for (auto row = scores.begin(); row != scores.end(); row += classes)
    best.push_back(static_cast<index>(std::max_element(row, row + classes) - row));
  return best;
}

/// Nodes to learn from.
template <backend B>
struct labeled_part {
  row_set<B> rows;         ///< the nodes, ascending
  labeled_rows<B> labels;  ///< of these rows, in their order
};

namespace detail {

/// Those ids, with their labels, among the nodes of a graph.
template <backend B>
[[nodiscard]] std::shared_ptr<const labeled_part<B>> make_part(const B& on, std::vector<index> ids,
                                                               std::span<const index> label,
                                                               offset nodes, offset classes) {
  std::ranges::sort(ids);
  std::vector<index> row(ids.size()), of;
  std::iota(row.begin(), row.end(), 0);
  for (const index id : ids) of.push_back(label[static_cast<std::size_t>(id)]);
  const auto n = static_cast<offset>(ids.size());
  const auto uploaded = on.upload(std::span<const index>(ids));
  return std::make_shared<const labeled_part<B>>(labeled_part<B>{
      make_row_set(on, uploaded.data(), n, nodes), make_labeled_rows(on, row, of, {n, classes})});
}

/// Part `step` of the ids in an order that is drawn anew each epoch.
[[nodiscard]] inline std::vector<index> shuffled_part(std::vector<index> ids, std::uint64_t seed,
                                                      offset epoch, offset step, offset size) {
  const philox random{seed, 0x73687566666c65 + static_cast<std::uint64_t>(epoch)};
  for (std::size_t k = ids.size(); k > 1; --k)
    std::swap(ids[k - 1], ids[static_cast<std::size_t>(random.below(k, static_cast<offset>(k)))]);
  const auto first = static_cast<std::size_t>(step * size);
  const auto last = std::min(ids.size(), first + static_cast<std::size_t>(size));
  return {ids.begin() + static_cast<std::ptrdiff_t>(first),
          ids.begin() + static_cast<std::ptrdiff_t>(last)};
}

/// What a checkpoint must agree with: the kind of model and the choices of its parts, its options
/// and the data.
template <class Options>
[[nodiscard]] std::string classifier_identity(std::string out, const Options& options,
                                              std::uint32_t checksum) {
  append_options(out, "options", options);
  append_number(out += ", data of checksum ", checksum);
  return out;
}

/// Features from compressed rows on the host.
template <class T, backend B>
[[nodiscard]] sparse_features<T, B> sparse_features_of(const B& on, std::span<const offset> begin,
                                                       std::span<const index> column,
                                                       std::span<const float> value,
                                                       index columns) {
  std::vector<index> row(column.size());
  for (std::size_t r = 0; r + 1 < begin.size(); ++r)
    std::fill(row.begin() + begin[r], row.begin() + begin[r + 1], static_cast<index>(r));
  const shape s{static_cast<offset>(begin.size()) - 1, columns};
  graph<B> pattern(on, s, row, column);
  // The graph has its own order of entries.
  const auto order = fetch(on, pattern.order(), pattern.edges());
  std::vector<T> sorted;
  for (const offset k : order) sorted.push_back(static_cast<T>(value[static_cast<std::size_t>(k)]));
  return {std::move(pattern),
          matrix<T, B>(on, std::span<const T>(sorted), {static_cast<offset>(sorted.size()), 1})};
}

/// Options as given; throws `range_error` where hidden columns or layers are below 1, a dropout is
/// outside [0, 1), or an l2 is negative or not finite.
template <class Options>
[[nodiscard]] Options checked(const std::string& model, const Options& o) {
  expect_least(model + ": hidden", o.hidden, 1);
  expect_least(model + ": layers", o.layers, 1);
  if constexpr (requires { o.input_dropout; })
    expect_below_1(model + ": input_dropout", o.input_dropout);
  if constexpr (requires { o.dropout; }) expect_below_1(model + ": dropout", o.dropout);
  if constexpr (requires { o.l2; }) expect_least(model + ": l2", o.l2, 0);
  if constexpr (requires { o.l2_rest; }) expect_least(model + ": l2_rest", o.l2_rest, 0);
  return o;
}

}  // namespace detail

}  // namespace filigree
