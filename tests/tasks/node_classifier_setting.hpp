// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/tasks/node_classifier.hpp>

#include <string>
#include <vector>

namespace filigree {

template <class M>
std::vector<double> values_of(M& m) {
  std::vector<double> all;
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const auto v : p.value.to_host(m.on())) all.push_back(static_cast<double>(v));
  });
  return all;
}

// Few types, for each takes a while to compile.
template <class B, class T>
using plain_nodes = node_classifier<B, gcn, no_fusion, gpf, conv_head, T>;
template <class B, class T>
using fused_nodes =
    node_classifier<B, encoder<sage, concat_layers>, gated_fusion, gpf_plus, prototype_head, T>;
template <class B, class T>
using joined_nodes = node_classifier<B, gcn, concat_fusion, prompt_nodes, conv_head, T>;

}  // namespace filigree
