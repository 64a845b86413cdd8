// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/kernels/batch_norm.hpp>
#include <filigree/kernels/elementwise.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

#include <algorithm>

namespace filigree {

/// y[:, j] = gain[j] * (x[:, j] - mean[j]) / sqrt(variance[j] + epsilon) + shift[j] (Ioffe and
/// Szegedy, 2015). x and y are (n x d), gain and shift (1 x d), and so are the statistics:
///
/// - if `mean` and `variance` are given, they are used as constants: inference;
/// - otherwise, they are computed from each column of x, and gradients flow through them. The mean
///   and the unbiased variance (n / (n - 1) times that of the rows) are written to `next_mean` and
///   `next_variance`, if these are not null, to be averaged over steps. With fewer than two rows,
///   there is no unbiased variance and both are left unchanged; with a single row, y is the shift.
///
/// Throws `shape_error`, and `error` if only one of mean and variance is given.
template <class T, backend B>
struct batch_norm {
  double epsilon = 1e-5;
  const matrix<T, B>*mean = nullptr, *variance = nullptr;  ///< null: computed from x
  matrix<T, B>*next_mean = nullptr, *next_variance = nullptr;

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& gain,
                                      const matrix_view<const T>& shift) const {
    detail::expect_least("batch_norm: epsilon", epsilon, 0);
    const filigree::shape row{1, x.cols};
    detail::expect_same_shape("batch_norm: rows of gain", "batch_norm: columns of gain", row,
                              gain.shape());
    detail::expect_same_shape("batch_norm: rows of shift", "batch_norm: columns of shift", row,
                              shift.shape());
    if (!mean != !variance)
      throw error("batch_norm: mean and variance: expected both or neither, got one");
    if (mean) {
      detail::expect_same_shape("batch_norm: rows of mean", "batch_norm: columns of mean", row,
                                mean->shape());
      detail::expect_same_shape("batch_norm: rows of variance", "batch_norm: columns of variance",
                                row, variance->shape());
    }
    return x.shape();
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x, matrix_view<const T> gain,
               matrix_view<const T> shift) const {
    const statistics s(on, *this, x);
    s.leave(on, *this, x.rows);
    on.for_each(y.rows,
                kernels::batch_norm_row<T>{x, s.mean, s.scale.data(), gain.data, shift.data, y});
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> gain, matrix_view<const T>, gradient<T> dx, gradient<T> d_gain,
                gradient<T> d_shift) const {
    const bool through = dx && !mean;
    if (!dx && !d_gain) return detail::add_column_sums(on, dy, d_shift);
    const statistics s(on, *this, x);
    const offset d = x.cols;
    auto sum = on.template allocate<T>(d), sum_z = on.template allocate<T>(d);
    if (through || d_shift)
      detail::sum_columns(on, dy.rows, 1, d, kernels::element_of_row<T>{dy}, sum.data(), false);
    if (through || d_gain)
      detail::sum_columns(on, dy.rows, 1, d,
                          kernels::batch_norm_gain_term<T>{dy, x, s.mean, s.scale.data()},
                          sum_z.data(), false);
    if (dx)
      on.for_each(dy.rows, kernels::batch_norm_row_back<T>{dy, x, s.mean, s.scale.data(), gain.data,
                                                           through ? sum.data() : nullptr,
                                                           sum_z.data(), dx});
    if (d_gain) on.for_each(d, kernels::axpy<T>{1, sum_z.data(), d_gain.data});
    if (d_shift) on.for_each(d, kernels::axpy<T>{1, sum.data(), d_shift.data});
  }

 private:
  using buffer = typename B::template buffer<T>;

  /// The statistics that the columns are normalized by.
  struct statistics {
    buffer own_mean{}, own_variance{}, scale;
    const T* mean;

    statistics(const B& on, const batch_norm& op, matrix_view<const T> x)
        : scale(on.template allocate<T>(x.cols)) {
      const offset d = x.cols;
      if (!op.mean) {
        own_mean = on.template allocate<T>(d);
        own_variance = on.template allocate<T>(d);
        const auto mean_of = [&](const auto& term, T* y) {
          detail::sum_columns(on, x.rows, 1, d, term, y, false);
          on.for_each(d,
                      kernels::divide_element<T>{static_cast<T>(std::max<offset>(x.rows, 1)), y});
        };
        mean_of(kernels::element_of_row<T>{x}, own_mean.data());
        mean_of(kernels::squared_deviation<T>{x, own_mean.data()}, own_variance.data());
      }
      mean = op.mean ? op.mean->data() : own_mean.data();
      on.for_each(d, kernels::scale_of_variance<T>{
                         static_cast<T>(op.epsilon),
                         op.variance ? op.variance->data() : own_variance.data(), scale.data()});
    }
    /// Writes the statistics of n rows to the caller's matrices.
    void leave(const B& on, const batch_norm& op, offset n) const {
      if (op.mean || n < 2) return;
      const auto put = [&](T by, const buffer& from, matrix<T, B>* to) {
        if (!to) return;
        const filigree::shape row{1, static_cast<offset>(from.size())};
        if (to->shape() != row) *to = matrix<T, B>(on, row);
        on.for_each(row.cols, kernels::scaled_copy<T>{by, from.data(), to->data()});
      };
      put(1, own_mean, op.next_mean);
      put(static_cast<T>(n) / static_cast<T>(n - 1), own_variance, op.next_variance);
    }
  };
};
template <class T, class B>
batch_norm(double, const matrix<T, B>*, const matrix<T, B>*) -> batch_norm<T, B>;
template <class T, class B>
batch_norm(double, const matrix<T, B>*, const matrix<T, B>*, matrix<T, B>*, matrix<T, B>*)
    -> batch_norm<T, B>;

}  // namespace filigree
