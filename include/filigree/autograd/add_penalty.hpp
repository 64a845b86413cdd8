// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/ops/add.hpp>

namespace filigree {

/// loss + penalty, both (1 x 1): a penalty is part of what is learned, but says nothing of what a
/// parameter is worth to the data. Of a watched parameter a tape keeps the gradient without it,
/// `data_gradient`.
struct add_penalty : add {};

}  // namespace filigree
