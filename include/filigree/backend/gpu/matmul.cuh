// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/generic/matmul.hpp>
#include <filigree/backend/gpu/backend.cuh>

#include <algorithm>
#include <limits>

namespace filigree {

/// Dense times dense on cuBLAS, which treats each row-major matrix as its transpose: c' = op(b)'
/// op(a)'. Sizes beyond 31 bits run our own kernel.
template <class T>
void matmul_into(const gpu& on, const kernels::matmul_cell<T>& k) {
  const offset depth = k.transpose_a ? k.a.rows : k.a.cols;
  if (k.c.size() == 0) return;
  if (depth == 0) {
    if (!k.add) on.fill(k.c.data, k.c.size(), T(0));
    return;
  }
  if (std::max({k.a.rows, k.a.cols, k.b.rows, k.b.cols}) > std::numeric_limits<int>::max())
    return on.for_each(k.c.size(), k);
  const auto operation = [](bool transpose) { return transpose ? CUBLAS_OP_T : CUBLAS_OP_N; };
  const auto size = [](offset n) { return static_cast<int>(n); };
  const T alpha = k.scale, beta = k.add ? T(1) : T(0);
  constexpr auto type = detail::cuda_type<T>;
  constexpr auto compute = std::is_same_v<T, double> ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F;
  on.context()->with_blas([&](cublasHandle_t handle) {
    detail::check(cublasGemmEx(handle, operation(k.transpose_b), operation(k.transpose_a),
                               size(k.c.cols), size(k.c.rows), size(depth), &alpha, k.b.data, type,
                               size(k.b.cols), k.a.data, type, size(k.a.cols), &beta, k.c.data,
                               type, size(k.c.cols), compute, CUBLAS_GEMM_DEFAULT),
                  "cublasGemmEx");
  });
}

}  // namespace filigree
