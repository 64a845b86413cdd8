// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/threads.hpp>
#include <filigree/backend/generic/inverse.hpp>
#include <filigree/core/finite.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace filigree {

namespace detail {
inline namespace FILIGREE_VECTORS {
template <class T>
using dense_rows = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// Computes the lower Cholesky factor of a small block in place. Throws for a pivot that is NaN or
/// not positive, and leaves the rows below it unspecified.
template <class Block>
void factor_small(Block&& a, offset first) {
  for (Eigen::Index k = 0; k < a.rows(); ++k) {
    const auto pivot = a(k, k) - a.row(k).head(k).squaredNorm();
    if (is_nan(pivot) || pivot <= 0) not_positive_definite(first + k, static_cast<double>(pivot));
    a(k, k) = std::sqrt(pivot);
    for (Eigen::Index i = k + 1; i < a.rows(); ++i)
      a(i, k) = (a(i, k) - a.row(i).head(k).dot(a.row(k).head(k))) / a(k, k);
  }
}

/// a = L L^T, with L in the lower half of a: processes blocks of columns from left to right and
/// updates the rest by rows, in pieces that do not depend on the number of threads.
template <class T>
void factor_spd(const cpu& on, dense_rows<T>& a) {
  constexpr offset width = 128;
  const offset n = a.rows();
  for (offset k = 0; k < n; k += width) {
    const offset w = std::min(width, n - k), after = k + w;
    auto corner = a.block(k, k, w, w);
    factor_small(corner, k);
    on.in_chunks(n - after, width, [&](offset first, offset last) {
      const one_thread guard;
      auto panel = a.block(after + first, k, last - first, w);
      corner.template triangularView<Eigen::Lower>()
          .transpose()
          .template solveInPlace<Eigen::OnTheRight>(panel);
    });
    on.in_chunks(n - after, width, [&](offset first, offset last) {
      const one_thread guard;
      a.block(after + first, after, last - first, last).noalias() -=
          a.block(after + first, k, last - first, w) * a.block(after, k, last, w).transpose();
    });
  }
}
}  // namespace FILIGREE_VECTORS
}  // namespace detail

/// The inverse of a symmetric positive definite matrix on all cores: Cholesky, then L L^T X = I for
/// blocks of columns from the diagonal down; the rest is mirrored. About n^3 multiply-adds in
/// total.
template <class T>
void inverse_spd_into(const cpu& on, matrix_view<T> inverse, matrix_view<T> a) {
  detail::expect_equal("inverse_spd: columns", a.rows, a.cols);
  detail::expect_equal("inverse_spd: rows of the inverse", a.rows, inverse.rows);
  detail::expect_equal("inverse_spd: columns of the inverse", a.rows, inverse.cols);
  constexpr offset width = 64;
  const offset n = a.rows;
  detail::dense_rows<T> factor(a.data, n, n), x(inverse.data, n, n);
  detail::factor_spd(on, factor);
  on.in_chunks(n, width, [&](offset first, offset last) {
    const detail::one_thread guard;
    const offset below = n - first;
    const auto lower =
        factor.bottomRightCorner(below, below).template triangularView<Eigen::Lower>();
    Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> some(below, last - first);
    some.setIdentity();
    lower.solveInPlace(some);
    lower.transpose().solveInPlace(some);
    x.block(first, first, below, last - first) = some;
  });
  on.in_chunks(n, width, [&](offset first, offset last) {
    for (offset i = first; i < last; ++i)
      for (offset j = i + 1; j < n; ++j) x(i, j) = x(j, i);
  });
}

}  // namespace filigree
