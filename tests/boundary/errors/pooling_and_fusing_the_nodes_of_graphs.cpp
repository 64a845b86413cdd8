// SPDX-License-Identifier: Apache-2.0
// expect: graph_classifier: fusion: expected no_fusion beside a pooling, got a fusion
#include <filigree/backend/cpu.hpp>
#include <filigree/tasks/graph_classifier.hpp>

using namespace filigree;
using layers = encoder<gin, concat_layers>;
using classifier_of_pooled =
    graph_classifier<cpu, layers, sum_readout, gated_fusion, linear_head, float, top_k_pooling>;
void learn(const classifier_of_pooled& m) { (void)m.classes(); }
