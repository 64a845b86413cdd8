// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a function that runs on the host and, when compiled by nvcc, on the device too.
#ifdef __CUDACC__
#define FILIGREE_FN __host__ __device__
#else
#define FILIGREE_FN
#endif
