// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "learned.hpp"
#include <filigree/tasks/node_classifier.hpp>

namespace filigree {

// Few types, for each takes a while to compile.
template <class B, class T>
using plain_nodes = node_classifier<B, gcn, no_fusion, gpf, conv_head, T>;
template <class B, class T>
using fused_nodes =
    node_classifier<B, encoder<sage, concat_layers>, gated_fusion, gpf_plus, prototype_head, T>;
template <class B, class T>
using joined_nodes = node_classifier<B, gcn, concat_fusion, prompt_nodes, conv_head, T>;

}  // namespace filigree
