// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/eager.hpp>
#include <filigree/core/error.hpp>
#include <filigree/prune/prunable.hpp>

#include <functional>
#include <variant>

namespace filigree::detail {

/// A pass of a model over all its edges.
template <class T, class B>
using edge_pass = std::function<void(eager<T, B>&)>;

/// The edge pass of a model; when called, it throws `error` if the model has none.
template <class M>
[[nodiscard]] edge_pass<typename M::scalar, typename M::backend_type> edge_pass_of(M& m) {
  return [&]([[maybe_unused]] eager<typename M::scalar, typename M::backend_type>& r) {
    if constexpr (requires { m.weigh_edges(r); })
      m.weigh_edges(r);
    else
      throw error("pruner: a model with a gated_graph: expected weigh_edges(r), got none");
  };
}

/// The weights of a member: a parameter's values, or a graph's edge weights in a pass.
template <class T, class B>
[[nodiscard]] matrix<T, B> weights_of(const B& on, const prunable<T, B>& part,
                                      const edge_pass<T, B>& weigh_edges) {
  if (const auto* const p = std::get_if<parameter<T, B>*>(&part.member)) return (*p)->value;
  if (const auto* const x = std::get_if<embedding_rows<T, B>*>(&part.member))
    return (*x)->table.value;
  auto& g = *std::get<gated_graph<T, B>*>(part.member);
  g.collect_weights(on);
  eager<T, B> r(on);
  weigh_edges(r);
  return g.take_weights();
}

}  // namespace filigree::detail
