// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/cross_entropy.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/entries.hpp>
#include <filigree/tensor/row_set.hpp>

#include <span>

namespace filigree {

/// Rows of a matrix of scores, each with its class label; see `make_labeled_rows`.
template <backend B>
struct labeled_rows {
  row_set<B> rows;
  typename B::template buffer<index> label;  ///< one per element of the list of rows
  offset classes = 0;
};

/// The labeled rows of (scores.rows x scores.cols) scores, and their labels. Throws `shape_error`
/// if the lists differ in length, `range_error` for a row out of range, a label outside [0,
/// scores.cols), or an empty list.
template <backend B>
[[nodiscard]] labeled_rows<B> make_labeled_rows(const B& on, std::span<const index> row,
                                                std::span<const index> label, shape scores) {
  const auto n = static_cast<offset>(row.size());
  detail::expect_equal("cross_entropy: labels", n, static_cast<offset>(label.size()));
  if (n == 0) throw range_error("cross_entropy: labeled rows: expected at least 1, got 0");
  labeled_rows<B> out;
  const auto rows = on.upload(row);
  out.label = on.upload(label);
  out.classes = scores.cols;
  detail::expect_within(on, rows.data(), n, scores.rows, "cross_entropy: row");
  detail::expect_within(on, out.label.data(), n, scores.cols, "cross_entropy: label");
  out.rows = make_row_set(on, rows.data(), n, scores.rows);
  return out;
}

/// The mean over labeled rows r of -ln softmax(x[r, :])[label]; stable for large scores. x is (rows
/// x classes), y is (1 x 1); a row that is listed several times counts as many times. Throws
/// `shape_error`.
template <backend B>
struct cross_entropy {
  const labeled_rows<B>& of;

  template <class T>
  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x) const {
    detail::expect_equal("cross_entropy: rows of x", of.rows.bound(), x.rows);
    detail::expect_equal("cross_entropy: columns of x", of.classes, x.cols);
    return {1, 1};
  }
  template <class T>
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x) const {
    const offset n = of.rows.listed();
    on.sum(n, kernels::cross_entropy_term<T>{of.rows.view(), of.label.data(), x}, y.data,
           1 / static_cast<double>(n));
  }
  template <class T>
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                gradient<T> dx) const {
    if (dx)
      on.for_each(of.rows.size(),
                  kernels::cross_entropy_row_back<T>{of.rows.view(), of.label.data(),
                                                     of.rows.listed(), dy, x, dx});
  }
};
template <class B>
cross_entropy(const labeled_rows<B>&) -> cross_entropy<B>;

}  // namespace filigree
