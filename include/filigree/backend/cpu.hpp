// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/backend/cpu/backend.hpp>
#include <filigree/backend/cpu/blocks.hpp>
#include <filigree/backend/cpu/inverse.hpp>
#include <filigree/backend/cpu/linear.hpp>
#include <filigree/backend/cpu/machine.hpp>
#include <filigree/backend/cpu/matmul.hpp>
#include <filigree/backend/cpu/spmm_back.hpp>

namespace filigree {
static_assert(backend<cpu>);
}
