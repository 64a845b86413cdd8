// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/tape.hpp>
#include <filigree/tasks/node_classifier.hpp>

#include <string>
#include <vector>

namespace filigree {

template <class B, class Layers, class Fusion = no_fusion, class Head = conv_head>
using drawing_nodes = node_classifier<B, Layers, Fusion, gpf_plus, Head, double>;

/// The loss of a batch and its gradients.
template <class M>
std::vector<double> learned_from(M& m, const typename M::batch& batch) {
  tape<double, typename M::backend_type> r(m.on());
  const auto loss = m.loss(r, batch);
  r.backward(loss);
  auto all = r.value(loss).to_host(m.on());
  for_each_parameter(m, [&](const std::string&, auto& p) {
    for (const double g : p.gradient.to_host(m.on())) all.push_back(g);
    p.gradient = {};
  });
  return all;
}

}  // namespace filigree
