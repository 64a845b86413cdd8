// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/ops/add.hpp>

namespace filigree {

/// loss + penalty, both (1 x 1): a penalty is part of the objective, but says nothing about how
/// much a parameter matters to the data. For a watched parameter, a tape also keeps the gradient
/// without it, `data_gradient`.
struct add_penalty : add {};

}  // namespace filigree
