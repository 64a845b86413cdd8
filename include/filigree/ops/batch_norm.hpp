// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/kernels/norms.hpp>
#include <filigree/ops/column_sums.hpp>
#include <filigree/ops/operation.hpp>
#include <filigree/tensor/matrix.hpp>

namespace filigree {

/// y[:, j] = (x[:, j] - mean) / sqrt(variance + epsilon) * gain[j] + shift[j], with the mean and
/// the biased variance of each column (Ioffe and Szegedy, "Batch normalization", 2015), or with
/// those that are given, as constants. x is (n x d), gain and shift, mean and variance are (1 x d).
/// What it computes of the columns is also left in `next_mean` and `next_variance`, where these are
/// not null. Throws `shape_error`.
template <class T, backend B>
struct batch_norm {
  double epsilon = 1e-5;                                       ///< keeps equal columns finite
  const matrix<T, B>*mean = nullptr, *variance = nullptr;      ///< null: those of x
  matrix<T, B>*next_mean = nullptr, *next_variance = nullptr;  ///< where those of x go

  [[nodiscard]] filigree::shape shape(const matrix_view<const T>& x,
                                      const matrix_view<const T>& gain,
                                      const matrix_view<const T>& shift) const {
    const filigree::shape row{1, x.cols};
    detail::expect_same_shape("batch_norm: rows of gain", "batch_norm: columns of gain", row,
                              gain.shape());
    detail::expect_same_shape("batch_norm: rows of shift", "batch_norm: columns of shift", row,
                              shift.shape());
    if (mean)
      detail::expect_same_shape("batch_norm: rows of mean", "batch_norm: columns of mean", row,
                                mean->shape());
    if (variance)
      detail::expect_same_shape("batch_norm: rows of variance", "batch_norm: columns of variance",
                                row, variance->shape());
    return x.shape();
  }
  void forward(const B& on, matrix_view<T> y, matrix_view<const T> x, matrix_view<const T> gain,
               matrix_view<const T> shift) const {
    const moments m(*this, on, x);
    on.for_each(x.rows, kernels::column_norm<T>{static_cast<T>(epsilon), x, m.mean, m.variance,
                                                gain.data, shift.data, y});
    if (mean) return;
    m.leave(on, next_mean, m.mean);
    m.leave(on, next_variance, m.variance);
  }
  void backward(const B& on, matrix_view<const T> dy, matrix_view<const T>, matrix_view<const T> x,
                matrix_view<const T> gain, matrix_view<const T>, gradient<T> dx, gradient<T> dgain,
                gradient<T> dshift) const {
    const moments m(*this, on, x);
    const auto e = static_cast<T>(epsilon);
    auto z = on.template allocate<T>(x.size()), sum = on.template allocate<T>(x.cols),
         sum_z = on.template allocate<T>(x.cols);
    const matrix_view<T> normal{z.data(), x.rows, x.cols};
    on.for_each(x.rows,
                kernels::column_norm<T>{e, x, m.mean, m.variance, nullptr, nullptr, normal});
    detail::column_sums<B, T>(on, dy, nullptr, sum.data(), T(1), false);
    detail::column_sums<B, T>(on, dy, z.data(), sum_z.data(), T(1), false);
    if (dshift) on.for_each(x.cols, kernels::axpy<T>{T(1), sum.data(), dshift.data});
    if (dgain) on.for_each(x.cols, kernels::axpy<T>{T(1), sum_z.data(), dgain.data});
    if (dx)
      on.for_each(x.rows, kernels::column_norm_back<T>{e, dy, normal, m.variance, gain.data,
                                                       mean ? nullptr : sum.data(),
                                                       mean ? nullptr : sum_z.data(), dx});
  }

 private:
  /// Mean and variance of the columns: those that are given, or those of x, in two passes.
  struct moments {
    moments(const batch_norm& op, const B& on, matrix_view<const T> x) : columns(x.cols) {
      if (op.mean) {
        mean = op.mean->data();
        variance = op.variance->data();
        return;
      }
      own_mean = on.template allocate<T>(x.cols);
      own_variance = on.template allocate<T>(x.cols);
      auto squares = on.template allocate<T>(x.size());
      const matrix_view<T> squared{squares.data(), x.rows, x.cols};
      const T by = x.rows ? 1 / static_cast<T>(x.rows) : T(0);
      detail::column_sums<B, T>(on, x, nullptr, own_mean.data(), by, false);
      on.for_each(x.rows, kernels::squared_deviation<T>{x, own_mean.data(), squared});
      detail::column_sums<B, T>(on, squared, nullptr, own_variance.data(), by, false);
      mean = own_mean.data();
      variance = own_variance.data();
    }
    void leave(const B& on, matrix<T, B>* to, const T* from) const {
      if (!to) return;
      if (to->shape() != filigree::shape{1, columns}) *to = matrix<T, B>(on, {1, columns});
      on.copy(from, to->data(), columns);
    }
    offset columns;
    typename B::template buffer<T> own_mean, own_variance;
    const T *mean, *variance;
  };
};

}  // namespace filigree
