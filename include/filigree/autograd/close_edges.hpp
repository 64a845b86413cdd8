// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/gated_graph.hpp>
#include <filigree/autograd/mask.hpp>
#include <filigree/core/error.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/tensor/fetch.hpp>
#include <filigree/tensor/matrix.hpp>
#include <filigree/tensor/subgraph.hpp>

#include <optional>
#include <span>
#include <string>
#include <utility>

namespace filigree {

namespace detail {

/// Opens all edges that have not been removed.
template <class T, class B>
void open_all_edges(const B& on, gated_graph<T, B>& g) {
  g.closed_ = false;
  g.gate_.value = g.is_watched() ? g.ones(on) : matrix<T, B>();
  g.gate_.forget_gradient();
}

}  // namespace detail

/// Opens and closes edges: the gates are (edges x 1), 1 for open edges and 0 for closed ones. Waits
/// for the backend. Throws `shape_error` for another number of gates.
template <class T, class B>
void set_gates(const B& on, gated_graph<T, B>& g, matrix<T, B> gate) {
  detail::expect_equal("gated_graph: gates", g.now_.edges(), gate.size());
  g.gate_.value = std::move(gate);
  g.gate_.forget_gradient();
  g.closed_ = detail::count_open(on, g.gate_.value) < g.now_.edges();
}
/// Removes closed edges for good. Returns which of the edges are kept, or nothing if all are.
template <class T, class B>
std::optional<typename B::template buffer<offset>> remove_closed(const B& on,
                                                                 gated_graph<T, B>& g) {
  if (!g.closed_) return {};
  auto stay = detail::open_elements(on, g.gate_.value);
  const auto n = static_cast<offset>(stay.size());
  (void)g.units(on);  // counts all edges while they are still there
  const bool first_time = g.is_whole();
  g.now_ = subgraph(on, g.now_, stay);
  auto first = on.template allocate<offset>(n);
  if (first_time)
    on.copy(stay.data(), first.data(), n);
  else
    on.for_each(n, kernels::gather<offset, offset>{stay.data(), g.kept_.data(), first.data()});
  g.kept_ = std::move(first);
  g.kept_here_ = {};
  detail::open_all_edges(on, g);
  return stay;
}

namespace detail {

/// Archives which edges remain and which are open. Returns whether the remaining edges have
/// changed.
template <class T, class B, class Archive>
bool archive_edges(const B& on, gated_graph<T, B>& g, Archive& archive, const std::string& name) {
  bool all = g.is_whole();
  const bool was_all = all;
  archive.value(name + ".whole", all);
  if (!all) g.make();
  auto ids = fetch_all(on, g.kept_);
  const auto before = ids;
  archive.ids(name + ".kept", ids, g.original_);
  const bool others = all != was_all || ids != before;
  if (others) {
    g.now_ = g.whole_();
    (void)g.units(on);
    g.kept_ = on.upload(std::span<const offset>(ids));
    g.kept_here_ = {};
    if (!all) g.now_ = subgraph(on, g.now_, g.kept_);
    open_all_edges(on, g);
  }
  auto gate = g.closed_ ? g.gate_.value : matrix<T, B>();
  archive.array(on, name + ".gate", gate, {g.now_.edges(), 1});
  if (gate.size())
    set_gates(on, g, std::move(gate));
  else if (g.closed_)
    open_all_edges(on, g);
  return others;
}

}  // namespace detail
}  // namespace filigree
