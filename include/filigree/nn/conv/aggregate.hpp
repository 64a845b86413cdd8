// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/autograd/recorder.hpp>
#include <filigree/core/error.hpp>
#include <filigree/core/expect.hpp>
#include <filigree/nn/edges/gated_view.hpp>
#include <filigree/nn/take.hpp>
#include <filigree/ops/add.hpp>
#include <filigree/ops/multiply.hpp>
#include <filigree/ops/scale.hpp>
#include <filigree/ops/spmm.hpp>
#include <filigree/ops/spmm_heads.hpp>
#include <filigree/tensor/row_set.hpp>

#include <string>

namespace filigree {

/// How messages are passed: along a graph, multiplied by its edge weights, to the rows of `only` or
/// to all. Weights are (edges x 1), or (edges x heads), where each head weights its share of the
/// columns.
template <recorder R>
struct message_route {
  gated_view<R> view;
  typename R::var weight;
  bool tied = false;  ///< an edge and its partner have the same weight
  const row_set<typename R::backend_type>* only = nullptr;
};

namespace detail {
template <recorder R>
[[nodiscard]] typename R::var pull(R& r, const message_route<R>& via, typename R::var m,
                                   reduction how = reduction::sum) {
  const bool sums = how == reduction::sum;
  const auto& g = via.view.pattern();
  if (r.value(via.weight).cols() == 1 && sums)
    return r(spmm{g, how, via.only, via.tied}, via.weight, m);
  if (r.value(via.weight).cols() == 1) {
    if (how == reduction::mean && via.view.is_gated() &&
        !via.view.targets()) {  // over the open edges
      const auto share = via.view.unwatched(r).by_degree(r, normalization::row);
      return r(spmm{g, reduction::sum, via.only}, r(multiply{}, via.weight, share), m);
    }
    return take(r, via.only, r(spmm{g, how}, via.weight, m));
  }
  if (!sums)
    throw error("graph_conv: edges with several heads: expected the sum, got the " + name_of(how));
  return take(r, via.only, r(spmm_heads{g}, via.weight, m));
}
}  // namespace detail

// How a node aggregates its neighbors' messages m, (nodes x d): policies with `gather(r, route, m)`
// -> (rows x d). `can_sample` says whether a sample of the neighbors is sufficient, `sums` whether
// it must be scaled to stand for all of them.

/// The weighted sum.
struct sum_neighbors {
  static constexpr bool can_sample = true, sums = true;
  template <recorder R>
  [[nodiscard]] typename R::var gather(R& r, const message_route<R>& via, typename R::var m) const {
    return detail::pull(r, via, m);
  }
};

/// The weighted sum divided by the number of neighbors.
struct mean_neighbors {
  static constexpr bool can_sample = true, sums = false;
  template <recorder R>
  [[nodiscard]] typename R::var gather(R& r, const message_route<R>& via, typename R::var m) const {
    return detail::pull(r, via, m, reduction::mean);
  }
};

/// The maximum of each column.
struct max_neighbors {
  static constexpr bool can_sample = true, sums = false;
  template <recorder R>
  [[nodiscard]] typename R::var gather(R& r, const message_route<R>& via, typename R::var m) const {
    return detail::pull(r, via, m, reduction::max);
  }
};

/// The weighted sum, applied `count` times (SGC: Wu et al., 2019); each time mixed with a share
/// `restart` of the original message (APPNP: Gasteiger et al., 2019).
struct several_hops {
  static constexpr bool can_sample = false, sums = true;
  int count = 2;      ///< number of hops that a message travels
  float restart = 0;  ///< share of the original message, from 0 to below 1

  /// Lists each option.
  static void options(auto& self, auto&& see) {
    see("count", self.count);
    see("restart", self.restart);
  }

  template <recorder R>
  [[nodiscard]] typename R::var gather(R& r, const message_route<R>& via, typename R::var m) const {
    detail::expect_least("several_hops: count", count, 0);
    detail::expect_below_1("several_hops: restart", restart);
    if (count == 0) return detail::take(r, via.only, m);
    const double back = restart;
    auto y = m;
    for (int k = 1; k <= count; ++k) {
      const auto* const only = k == count ? via.only : nullptr;
      y = detail::pull(r, message_route<R>{via.view, via.weight, via.tied, only}, y);
      if (back > 0) y = r(add{}, r(scale{1 - back}, y), r(scale{back}, detail::take(r, only, m)));
    }
    return y;
  }
};

}  // namespace filigree
