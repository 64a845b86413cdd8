// SPDX-License-Identifier: Apache-2.0
#pragma once

// The library with its GPU backend, for files that nvcc compiles: filigree::gpu wherever
// filigree::cpu can stand.
#include <filigree/backend/gpu.cuh>
#include <filigree/filigree.hpp>
