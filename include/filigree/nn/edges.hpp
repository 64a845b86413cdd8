// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/autograd/policy.hpp>
#include <filigree/tensor/graph.hpp>
#include <filigree/tensor/row_set.hpp>

#include <concepts>

namespace filigree {

/// The gate of a graph that nothing prunes: every edge passes.
struct no_gate {};

/// How edges weigh what they carry. `s.propagate(r, graph, x, gate, only)` scores, squashes, gates,
/// normalizes and sums, in that order: x is (nodes x d), so is the result, or has just the rows of
/// `only` where that is not null. `state(policy, on, graph)` makes one; `s.visit(f)`, const or not,
/// calls f(name, parameter) for each parameter that it learns.
template <class P, class T, class B>
concept edge_policy = policy<P, T, B> && std::constructible_from < typename P::template state<T, B>,
const P&, const B&,
    const graph<B>& > &&requires(typename P::template state<T, B>& s,
                                 const typename P::template state<T, B>& c, eager<T, B>& r,
                                 const graph<B>& g, typename eager<T, B>::var x,
                                 const row_set<B>* only) {
  { c.propagate(r, g, x, no_gate{}, only) } -> std::same_as<typename eager<T, B>::var>;
  s.visit(detail::any_visitor{});
  c.visit(detail::any_visitor{});
};

}  // namespace filigree
