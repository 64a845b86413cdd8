// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The inline namespace of all code that computes: kernels, and backends with everything built on
/// them. It is named after the vector instructions that the translation unit is compiled for, so
/// translation units of one program may be compiled for different machines: none calls code
/// compiled in another.
#if defined(__AVX512F__)
#define FILIGREE_VECTORS avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define FILIGREE_VECTORS avx2_fma
#elif defined(__AVX2__)
#define FILIGREE_VECTORS avx2
#elif defined(__AVX__)
#define FILIGREE_VECTORS avx
#else
#define FILIGREE_VECTORS baseline
#endif
