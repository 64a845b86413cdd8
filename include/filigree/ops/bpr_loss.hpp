// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/bpr.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/row_set.hpp>

namespace filigree {

/// A batch of (user, positive, negatives): the distinct rows that occur in it, and where each
/// occurs in the list of users, positives, negatives (see kernels::triple_rows).
template <backend B>
struct triples {
  row_set<B> rows;
  offset count = 0;      ///< number of triples
  offset negatives = 1;  ///< negatives per triple

  [[nodiscard]] kernels::triple_rows layout() const {
    return {rows.local.data(), count, negatives};
  }
};

/// The mean over a batch of -ln sigma(s_ui - s_uj), s = <x_u, x_i> (BPR; Rendle et al., 2009),
/// computed as softplus(-(s_ui - s_uj)). With n negatives, the loss of a triple is ln(1 + sum_j
/// exp(s_uj - s_ui)), the softmax loss over the positive and its negatives, which for n = 1 is the
/// same. x holds the distinct rows of the batch (rows.size() x d); y is (1 x 1). Throws
/// `shape_error`, and `range_error` for an empty batch.
template <backend B>
struct bpr_loss {
  const triples<B>& batch;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    if (batch.count < 1) throw range_error("bpr_loss: triples: expected at least 1, got 0");
    detail::expect_equal("bpr_loss: rows of x", batch.rows.size(), x.rows);
    return {1, 1};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    on.sum(batch.count, kernels::bpr_term<T>{batch.layout(), x}, y.data,
           1 / static_cast<double>(batch.count));
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (!dx) return;
    auto odds = on.template allocate<T>(batch.count * batch.negatives);
    on.for_each(batch.count, kernels::bpr_odds<T>{{batch.layout(), x, odds.data()}});
    on.for_each(batch.rows.size(),
                kernels::bpr_row_back<T>{batch.layout(), batch.rows.begin.data(),
                                         batch.rows.position.data(), odds.data(), x, dy, dx});
  }
};
template <class B>
bpr_loss(const triples<B>&) -> bpr_loss<B>;

}  // namespace filigree
