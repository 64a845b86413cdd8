// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/data/interaction_graph.hpp>
#include <filigree/kernels/neighbors.hpp>
#include <filigree/tasks/recommender.hpp>
#include <filigree/tensor/csr.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace filigree {

/// Options of `item_knn`. The exponents are those of the similarity below; the defaults make it the
/// cosine similarity. {.user_exponent = 0.5f, .target_exponent = 0.3f} makes it RP3beta (Paudel et
/// al., 2017) with alpha = 0.5 and beta = 0.3, which is often far better.
struct item_knn_options {
  index neighbors = 100;    ///< number kept for each item
  float shrink = 0;         ///< added to the denominator: discounts similarities based on few users
  float user_exponent = 0;  ///< above 0: users with many items count less
  float source_exponent = 0.5f;  ///< of the popularity of the user's item
  float target_exponent = 0.5f;  ///< of the scored item's popularity; lower favors popular items

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("neighbors", self.neighbors);
    see("shrink", self.shrink);
    see("user_exponent", self.user_exponent);
    see("source_exponent", self.source_exponent);
    see("target_exponent", self.target_exponent);
  }
};

/// Item-based collaborative filtering (Sarwar et al., 2001): the score of item j is the sum of s_ij
/// over those of its nearest neighbors i that the user has. If user u has d_u items and item i has
/// n_i users,
///
///     s_ij = sum over users u with both of d_u^-user_exponent
///            / (n_i^source_exponent n_j^target_exponent + shrink).
///
/// There is no training. Memory: a few times items x neighbors.
template <backend B, class T = float>
class item_knn {
 public:
  using scalar = T;
  using backend_type = B;

  /// Throws `range_error` for fewer than one neighbor, a negative shrink or an exponent that is not
  /// finite.
  explicit item_knn(interactions train, item_knn_options options = {}, B on = {})
      : on_(on),
        options_(options),
        train_(std::make_shared<const interactions>(std::move(train))),
        owned_(interaction_graph(on_, *train_)),
        similarity_(nearest()) {}

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const item_knn_options& options() const { return options_; }
  [[nodiscard]] const interactions& train() const { return *train_; }
  /// (items x items): column j holds the neighbors of item j and their similarities.
  [[nodiscard]] const csr<T, B>& similarity() const { return similarity_; }

  /// block(b, j) = the sum over the items i of users[b] of similarity()(i, first + j).
  void score(const B& on, std::span<const index> users, index first, matrix_view<T> block) const {
    const auto ids = on.upload(users);
    on.for_each(block.rows,
                kernels::sum_sparse_rows<T>{ids.data(), owned_.forward(), similarity_.pattern(),
                                            similarity_.values().data, first, block});
  }

 private:
  [[nodiscard]] csr<T, B> nearest() const {
    detail::expect_least("item_knn: neighbors", options_.neighbors, 1);
    detail::expect_least("item_knn: shrink", options_.shrink, 0);
    for (const float exponent :
         {options_.user_exponent, options_.source_exponent, options_.target_exponent})
      detail::expect_finite("item_knn: exponent", exponent);
    const shape s{train_->items(), train_->items()};
    const auto e = entries();
    const index *row = e.row.data(), *col = e.col.data();
    const T* value = e.value.data();
    auto m = merge_entries(on_, row, col, value, static_cast<offset>(e.row.size()), s,
                           duplicates::error, "item_knn");
    return csr<T, B>(s, std::move(m.row_begin), std::move(m.column), std::move(m.value));
  }

  /// Neighbor, item and similarity, ordered by item.
  struct entry_list {
    typename B::template buffer<index> row, col;
    typename B::template buffer<T> value;
  };
  [[nodiscard]] entry_list entries() const {
    const offset items = train_->items(), k = std::min<offset>(options_.neighbors, items);
    const offset pieces = std::min<offset>(items, 32);
    const auto weight = powers(owned_.forward(), -options_.user_exponent);
    const auto source = powers(owned_.backward(), options_.source_exponent);
    const auto target = powers(owned_.backward(), options_.target_exponent);
    auto together = on_.template zeros<T>(pieces * items);
    auto touched = on_.template allocate<index>(pieces * items);
    auto neighbor = on_.template allocate<index>(items * k);
    auto similarity = on_.template allocate<T>(items * k);
    auto begin = on_.template allocate<offset>(items + 1);
    on_.for_each(pieces, kernels::nearest_columns<T>{.rows = owned_.forward(),
                                                     .columns = owned_.backward(),
                                                     .weight = weight.data(),
                                                     .source = source.data(),
                                                     .target = target.data(),
                                                     .shrink = static_cast<T>(options_.shrink),
                                                     .k = k,
                                                     .pieces = pieces,
                                                     .together = together.data(),
                                                     .touched = touched.data(),
                                                     .neighbor = neighbor.data(),
                                                     .similarity = similarity.data(),
                                                     .count = begin.data()});
    on_.scan(begin.data(), items);
    const auto n = detail::fetch(on_, begin.data() + items);
    entry_list out{on_.template allocate<index>(n), on_.template allocate<index>(n),
                   on_.template allocate<T>(n)};
    on_.for_each(items,
                 kernels::list_neighbors<T>{k, begin.data(), neighbor.data(), similarity.data(),
                                            out.row.data(), out.col.data(), out.value.data()});
    return out;
  }

  /// The number of entries of each row, raised to a power.
  [[nodiscard]] auto powers(const pattern_view<>& a, float exponent) const {
    auto out = on_.template allocate<T>(a.rows);
    on_.for_each(a.rows,
                 kernels::degree_power<T>{a.row_begin, static_cast<T>(exponent), out.data()});
    return out;
  }

  B on_;
  item_knn_options options_;
  std::shared_ptr<const interactions> train_;
  graph<B> owned_;
  csr<T, B> similarity_;
};

}  // namespace filigree
