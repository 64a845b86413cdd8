// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/nn/random_streams.hpp>
#include <filigree/nn/take.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/add_bias.hpp>
#include <filigree/ops/dropout.hpp>
#include <filigree/ops/matmul.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/ops/stack_rows.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace filigree {

/// The input features of a model, a row for each node, most of them 0: (nodes x columns).
template <class T, backend B>
struct sparse_features {
  graph<B> pattern;    ///< which nodes have which features
  matrix<T, B> value;  ///< (entries x 1), in the order of the pattern
};

namespace detail {
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
}  // namespace detail

/// The input of a layer, a row for each node: a matrix or sparse features, plus what prompts add to
/// them. Copies are cheap. Everything it was constructed from must live as long as the recorder.
template <recorder R>
class activation {
 public:
  using var = typename R::var;
  using T = typename R::scalar;
  using B = typename R::backend_type;

  /// A matrix (nodes x columns).
  activation(var x) : x_(x) {}  // NOLINT(google-explicit-constructor): a matrix is an activation
  /// Sparse features.
  activation(R& r, const sparse_features<T, B>& x)
      : x_(r.constant(x.value)), pattern_(&x.pattern) {}

  /// x w, for a weight (columns x n): (nodes x n). Prompts never materialize a matrix the size of
  /// the features: (x + mix tokens) w = x w + mix (tokens w).
  [[nodiscard]] var times(R& r, var w) const {
    auto y = pattern_ ? r(spmm{*pattern_}, x_, w) : r(matmul{}, x_, w);
    for (const auto& [mix, tokens] : added_) {
      const auto t = r(matmul{}, tokens, w);
      y = mix ? r(add{}, y, r(matmul{}, *mix, t)) : r(add_bias{}, y, t);
    }
    return detail::take(r, only_, below_ ? r(stack_rows{}, y, r(matmul{}, *below_, w)) : y);
  }
  /// The same as one matrix (nodes x columns). Throws `error` for sparse features.
  [[nodiscard]] var dense(R& r) const {
    if (pattern_) throw error("features: expected a matrix, got sparse ones");
    auto y = x_;
    for (const auto& [mix, tokens] : added_)
      y = mix ? r(add{}, y, r(matmul{}, *mix, tokens)) : r(add_bias{}, y, tokens);
    return detail::take(r, only_, below_ ? r(stack_rows{}, y, *below_) : y);
  }
  /// With elements dropped at random; what prompts add is kept.
  [[nodiscard]] activation dropped(R& r, double rate, random_streams& random) const {
    if (!R::learns || rate == 0) return *this;
    auto y = *this;
    y.x_ = r(dropout{rate, random.next()}, x_);
    return y;
  }
  /// With mix tokens added to the rows: mix is (nodes x k), tokens (k x columns); without a mix,
  /// the single token, (1 x columns), is added to each row.
  [[nodiscard]] activation plus(std::optional<var> mix, var tokens) const {
    auto y = *this;
    y.added_.emplace_back(mix, tokens);
    return y;
  }
  /// With additional rows below, (k x columns).
  [[nodiscard]] activation above(var rows) const {
    auto y = *this;
    y.below_ = rows;
    return y;
  }
  /// Only the rows of `only`, or all if it is null.
  [[nodiscard]] activation rows(const row_set<B>* only) const {
    auto y = *this;
    y.only_ = only;
    return y;
  }

 private:
  var x_;
  const graph<B>* pattern_ = nullptr;
  std::vector<std::pair<std::optional<var>, var>> added_{};
  std::optional<var> below_{};
  const row_set<B>* only_ = nullptr;
};

}  // namespace filigree
