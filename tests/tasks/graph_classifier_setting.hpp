// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "learned.hpp"
#include <filigree/tasks/graph_classifier.hpp>

namespace filigree {

// Few types, for each takes a while to compile.
template <class B, class T>
using plain_graphs =
    graph_classifier<B, encoder<gin, concat_layers>, sum_readout, no_fusion, linear_head, T>;
template <class B, class T>
using fused_graphs =
    graph_classifier<B, encoder<gin, sum_layers>, attention_readout, gated_fusion, linear_head, T>;

}  // namespace filigree
