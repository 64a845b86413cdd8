// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "learned.hpp"
#include <filigree/tasks/graph_classifier.hpp>

namespace filigree {

template <class B, class T>
using top_graphs = graph_classifier<B, encoder<gin, concat_layers>, sum_readout, no_fusion,
                                    linear_head, T, top_k_pooling>;
template <class B, class T>
using clustered_graphs = graph_classifier<B, encoder<gin, sum_layers>, mean_readout, no_fusion,
                                          linear_head, T, cluster_pooling<>>;

}  // namespace filigree
