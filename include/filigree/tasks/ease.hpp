// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/inverse.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/data/interaction_graph.hpp>
#include <filigree/kernels/gram.hpp>
#include <filigree/kernels/neighbors.hpp>
#include <filigree/tasks/recommender.hpp>
#include <filigree/tensor/matrix.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace filigree {

/// Options of `ease`.
struct ease_options {
  float lambda = 20;                      ///< weight of the L2 penalty
  std::int64_t memory_limit = 4ll << 30;  ///< bytes for the two (items x items) matrices

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("lambda", self.lambda);
    see("memory_limit", self.memory_limit);
  }
};

/// EASE (Steck, "Embarrassingly shallow autoencoders for sparse data", 2019): the linear model
/// without self-similarity that best reconstructs X, B = I - P diag(1 / diag P), P = (X^T X +
/// lambda I)^-1, in closed form. Dense: 2 * items^2 numbers during construction, half of that
/// afterwards, and about items^3 multiply-adds.
template <backend B, class T = float>
class ease {
 public:
  using scalar = T;
  using backend_type = B;

  /// Throws `range_error` if lambda is not above 0 or if there are more items than the memory limit
  /// allows, before anything large is allocated.
  explicit ease(interactions train, ease_options options = {}, B on = {})
      : on_(on),
        options_(options),
        train_(std::make_shared<const interactions>(std::move(train))),
        owned_(interaction_graph(on_, *train_)),
        weights_(solve()) {}
  /// From previously computed weights, (items x items); throws `shape_error` for any other shape.
  ease(interactions train, ease_options options, matrix<T, B> weights, B on)
      : on_(on),
        options_(options),
        train_(std::make_shared<const interactions>(std::move(train))),
        owned_(interaction_graph(on_, *train_)),
        weights_(std::move(weights)) {
    detail::expect_equal("ease: rows of weights", train_->items(), weights_.rows());
    detail::expect_equal("ease: columns of weights", train_->items(), weights_.cols());
  }

  [[nodiscard]] const B& on() const { return on_; }
  [[nodiscard]] const ease_options& options() const { return options_; }
  [[nodiscard]] const interactions& train() const { return *train_; }
  /// B, (items x items).
  [[nodiscard]] const matrix<T, B>& weights() const { return weights_; }

  /// block(b, j) = the sum over the items i of users[b] of weights()(i, first + j).
  void score(const B& on, std::span<const index> users, index first, matrix_view<T> block) const {
    const auto ids = on.upload(users);
    on.for_each(block.rows, kernels::sum_dense_rows<T>{ids.data(), owned_.forward(),
                                                       weights_.view(), first, block});
  }

 private:
  [[nodiscard]] matrix<T, B> solve() const {
    detail::expect_above_0("ease: lambda", options_.lambda);
    const offset items = train_->items();
    const double bytes = 2.0 * sizeof(T) * static_cast<double>(items) * static_cast<double>(items);
    if (bytes > static_cast<double>(options_.memory_limit))
      throw range_error("ease: memory for " + std::to_string(items) + " x " +
                        std::to_string(items) + " items: expected at most " +
                        std::to_string(options_.memory_limit >> 20) + " MiB, got " +
                        std::to_string(static_cast<std::int64_t>(bytes / (1 << 20))) +
                        " MiB; raise memory_limit, or leave out rare items");
    matrix<T, B> gram(on_, {items, items}), p(on_, {items, items});
    on_.for_each(items, kernels::gram_row<T>{owned_.forward(), owned_.backward(),
                                             static_cast<T>(options_.lambda), gram.view()});
    inverse_spd_into(on_, p.view(), gram.view());
    auto diagonal = on_.template allocate<T>(items);
    on_.for_each(items, kernels::copy_diagonal<T>{std::as_const(p).view(), diagonal.data()});
    on_.for_each(items, kernels::ease_row<T>{diagonal.data(), p.view()});
    return p;
  }

  B on_;
  ease_options options_;
  std::shared_ptr<const interactions> train_;
  graph<B> owned_;
  matrix<T, B> weights_;
};

}  // namespace filigree
