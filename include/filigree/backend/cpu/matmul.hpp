// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/threads.hpp>
#include <filigree/backend/generic/matmul.hpp>

#include <Eigen/Core>

namespace filigree {

/// Dense times dense on all cores: single-threaded Eigen products over fixed runs of rows of c,
/// since Eigen's own blocking, and with it the rounding, depends on the number of threads.
template <class T>
void matmul_into(const cpu& on, const kernels::matmul_cell<T>& k) {
  using dense = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const dense> a(k.a.data, k.a.rows, k.a.cols), b(k.b.data, k.b.rows, k.b.cols);
  const auto times_b = [&](const auto& left, auto&& c) {
    const auto store = [&](const auto& product) {
      if (k.add)
        c.noalias() += k.scale * product;
      else
        c.noalias() = k.scale * product;
    };
    if (k.transpose_b)
      store(left * b.transpose());
    else
      store(left * b);
  };
  on.in_chunks(k.c.rows, 128, [&](offset first, offset last) {
    const detail::one_thread guard;
    Eigen::Map<dense> c(k.c.row(first), last - first, k.c.cols);
    if (k.transpose_a)
      times_b(a.middleCols(first, last - first).transpose(), c);
    else
      times_b(a.middleRows(first, last - first), c);
  });
}

}  // namespace filigree
