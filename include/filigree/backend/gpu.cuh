// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/gpu/backend.cuh>
#include <filigree/backend/gpu/blocks.cuh>
#include <filigree/backend/gpu/machine.cuh>
#include <filigree/backend/gpu/matmul.cuh>
#include <filigree/backend/gpu/runs.cuh>
#include <filigree/backend/gpu/spmm.cuh>

namespace filigree {
static_assert(backend<gpu>);
}
