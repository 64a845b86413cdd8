// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/close_edges.hpp>
#include <filigree/autograd/embedding_rows.hpp>
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/mask.hpp>
#include <filigree/autograd/members.hpp>
#include <filigree/autograd/parameter.hpp>
#include <filigree/autograd/set_mask.hpp>
#include <filigree/prune/prunable.hpp>

#include <string>
#include <utility>
#include <variant>

namespace filigree::detail {

/// Closes the elements of a member of m whose gate is 0; if `for_good`, edges and embedding rows
/// without open elements are then removed.
template <class T, backend B>
void close_elements(member_list<T, B>& m, parameter<T, B>& p, matrix<T, B> gate,
                    bool /*for_good*/) {
  set_mask(m.on(), p, mask_if_any(m.on(), std::move(gate)));
  p.forget_gradient();
}
template <class T, backend B>
void close_elements(member_list<T, B>& m, embedding_rows<T, B>& x, matrix<T, B> gate,
                    bool for_good) {
  close_elements(m, x.table, std::move(gate), for_good);
  if (for_good) x.compact(m.on());
}
template <class T, backend B>
void close_elements(member_list<T, B>& m, gated_graph<T, B>& g, matrix<T, B> gate, bool for_good) {
  const B& on = m.on();
  set_gates(on, g, std::move(gate));
  if (for_good) {
    if (const auto stay = remove_closed(on, g)) keep_edges(on, m, *stay);
  } else {  // parameters of edges do not change while those edges are closed
    for_each_edge_parameter(m, [&](const std::string&, parameter<T, B>& p) {
      if (p.value.size() == g.pattern().edges())
        set_mask(on, p, g.has_closed() ? g.gate() : matrix<T, B>());
    });
  }
}
/// The same for the member that `part` describes.
template <class T, backend B>
void close_elements(member_list<T, B>& m, const prunable<T, B>& part, matrix<T, B> gate,
                    bool for_good) {
  std::visit([&](auto* member) { close_elements(m, *member, std::move(gate), for_good); },
             part.member);
}

}  // namespace filigree::detail
