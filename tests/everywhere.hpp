// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu.hpp>
#include <filigree/backend/reference.hpp>
#ifdef __CUDACC__
#include <filigree/backend/gpu.cuh>
#endif

#include <concepts>

/// The scalars and backends that typed tests run over:
///
///     TEMPLATE_TEST_CASE("a sentence", "", EVERYWHERE) {
///       using T = typename TestType::scalar;
///       const typename TestType::backend on;
///
/// and the backends alone, BACKENDS. A file that names one of them, or <fast>, is built twice: as
/// C++, for reference and cpu, and as CUDA, for gpu.
template <class T, class B>
struct everywhere {
  using scalar = T;
  using backend = B;
};
/// Whether a backend fuses products and sums, and so rounds otherwise than the host does.
template <class B>
inline constexpr bool fuses =
    !std::same_as<B, filigree::cpu> && !std::same_as<B, filigree::reference>;

#ifdef __CUDACC__
/// The backend that is compared with reference.
using fast = filigree::gpu;
using float_on_gpu = everywhere<float, filigree::gpu>;
using double_on_gpu = everywhere<double, filigree::gpu>;
#define EVERYWHERE float_on_gpu, double_on_gpu
#define BACKENDS filigree::gpu
#else
using fast = filigree::cpu;
using float_on_reference = everywhere<float, filigree::reference>;
using double_on_reference = everywhere<double, filigree::reference>;
using float_on_cpu = everywhere<float, filigree::cpu>;
using double_on_cpu = everywhere<double, filigree::cpu>;
#define EVERYWHERE float_on_reference, double_on_reference, float_on_cpu, double_on_cpu
#define BACKENDS filigree::reference, filigree::cpu
#endif
