// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/threads.hpp>
#include <filigree/backend/generic/matmul.hpp>

#include <Eigen/Core>

namespace filigree {

namespace detail {
/// c += scale * a b. Eigen's operators end in the same call, but through six more layers of
/// templates, which took a fifth of the time to compile a model.
template <class Left, class Right, class Result, class T>
void add_product(Result& c, const Left& a, const Right& b, T scale) {
  Eigen::internal::generic_product_impl<Left, Right, Eigen::DenseShape, Eigen::DenseShape,
                                        Eigen::GemmProduct>::scaleAndAddTo(c, a, b, scale);
}
}  // namespace detail

/// Dense times dense on all cores: single-threaded Eigen products over fixed runs of rows of c,
/// because Eigen's own blocking, and so the rounding, depends on the number of threads.
template <class T>
void matmul_into(const cpu& on, const kernels::matmul_cell<T>& k) {
  using row_major = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using column_major = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;
  using stride = Eigen::OuterStride<>;
  using rows_of = Eigen::Map<const row_major, 0, stride>;
  using transposed = Eigen::Map<const column_major, 0, stride>;
  on.in_chunks(k.c.rows, 128, [&](offset first, offset last) {
    const detail::one_thread guard;
    const offset rows = last - first;
    Eigen::Map<row_major> c(k.c.row(first), rows, k.c.cols);
    if (!k.add) c.setZero();
    const auto times_b = [&](const auto& a) {
      if (k.transpose_b)
        detail::add_product(c, a, transposed(k.b.data, k.b.cols, k.b.rows, stride(k.b.cols)),
                            k.scale);
      else
        detail::add_product(c, a, rows_of(k.b.data, k.b.rows, k.b.cols, stride(k.b.cols)), k.scale);
    };
    if (k.transpose_a)
      times_b(transposed(k.a.data + first, rows, k.a.rows, stride(k.a.cols)));
    else
      times_b(rows_of(k.a.row(first), rows, k.a.cols, stride(k.a.cols)));
  });
}

}  // namespace filigree
