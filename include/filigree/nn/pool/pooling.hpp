// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filigree/core/expect.hpp>
#include <filigree/kernels/merge.hpp>
#include <filigree/nn/part_spec.hpp>
#include <filigree/nn/pool/node_level.hpp>
#include <filigree/nn/pool/readout.hpp>
#include <filigree/ops/head_dot.hpp>
#include <filigree/ops/normalize_rows.hpp>
#include <filigree/ops/sigmoid.hpp>
#include <filigree/ops/take_rows.hpp>
#include <filigree/ops/weigh_rows.hpp>
#include <filigree/tensor/induced_subgraph.hpp>
#include <filigree/tensor/top_rows.hpp>

#include <memory>
#include <string>
#include <utility>

namespace filigree {

// How a level's nodes, x (nodes x d), are pooled before the next layer: policies with
// `state(policy, on, spec)` for spec.in = d, `s.pool(r, level, x)` and `members`. `pools` says
// whether they are pooled at all, `coarsens` whether levels must come with their clusters.

/// The remaining nodes, (fewer x d), and their level, which lives as long as the recorder and the
/// previous level.
template <recorder R>
struct pooled {
  typename R::var x;
  const node_level<typename R::scalar, typename R::backend_type>& of;
};

/// No pooling.
struct no_pooling {
  static constexpr bool pools = false, coarsens = false;
  template <class T, backend B>
  struct state : no_members {
    state(const no_pooling&, const B&, const part_spec<B>&) {}
    template <recorder R>
    [[nodiscard]] pooled<R> pool(R&, const node_level<T, B>& at, typename R::var x) const {
      return {x, at};
    }
  };
};

/// Keeps, in each graph, the ceil(ratio * nodes) nodes with the highest scores s = x p / |p|, where
/// p is learned, and the edges among them; the result is sigmoid(s) x (Gao and Ji, "Graph U-Nets",
/// 2019; Cangea et al., 2018). Ties go to the lower node.
struct top_k_pooling {
  float ratio = 0.5f;  ///< share of a graph's nodes, above 0, at most 1

  static constexpr bool pools = true, coarsens = false;
  static constexpr const char* kind = "top_k";
  /// Lists the option.
  static void options(auto& self, auto&& see) { see("ratio", self.ratio); }
  template <class T, backend B>
  class state {
   public:
    /// Throws `range_error` for a ratio outside (0, 1].
    state(const top_k_pooling& p, const B& on, const part_spec<B>& spec)
        : ratio_(p.ratio), direction_(glorot<T>(on, {1, spec.in}, spec.seed, "direction")) {
      detail::expect_choice("top_k_pooling: ratio", p.ratio, p.ratio > 0 && p.ratio <= 1,
                            "above 0, at most 1");
    }
    template <recorder R>
    [[nodiscard]] pooled<R> pool(R& r, const node_level<T, B>& at, typename R::var x) const {
      const auto score = r(head_dot{}, x, r(normalize_rows{}, r.leaf(direction_)));
      const auto kept = std::make_shared<const kept_nodes>(r.on(), at, r.value(score), ratio_);
      r.hold(kept);
      const take_rows<B> take{kept->rows};
      return {r(weigh_rows{}, r(take, x), r(sigmoid{}, r(take, score))), kept->level};
    }
    static void members(auto& self, auto&& see) { see("direction", self.direction_); }

   private:
    struct kept_nodes {
      row_set<B> rows;
      node_level<T, B> level;
      kept_nodes(const B& on, const node_level<T, B>& at, const matrix<T, B>& score, float ratio)
          : rows(top_rows(on, at.nodes_of.members, score, ratio)),
            level{induced_subgraph(on, at.adjacency, rows), kept_of(on, at.nodes_of)} {}
      [[nodiscard]] groups<T, B> kept_of(const B& on, const groups<T, B>& all) const {
        const offset n = rows.size();
        auto group = on.template allocate<index>(n);
        on.for_each(n, kernels::gather<index, index>{rows.rows.data(), all.group(), group.data()});
        return groups<T, B>(on, std::as_const(group).data(), n, all.count());
      }
    };
    float ratio_;
    parameter<T, B> direction_;
  };
};

/// Turns the level's clusters, which must come with it (`coarsen`, `make_clusters`), into nodes:
/// each is a readout of its members, as in Defferrard et al. (2016).
template <class Readout = mean_readout>
struct cluster_pooling {
  Readout readout{};  ///< computes a cluster from its members

  static constexpr bool pools = true, coarsens = true;
  static constexpr const char* kind = "clusters";
  static void options(auto& self, auto&& see) { see("readout", self.readout); }
  template <class T, backend B>
  class state {
   public:
    state(const cluster_pooling& p, const B& on, const part_spec<B>& spec)
        : readout_(p.readout, on, spec) {}
    /// Throws `error` for a level without clusters.
    template <recorder R>
    [[nodiscard]] pooled<R> pool(R& r, const node_level<T, B>& at, typename R::var x) const {
      if (!at.clusters)
        throw error("cluster_pooling: level: expected one with clusters, got one without");
      return {readout_.read(r, at.clusters->cluster_of, x), at.clusters->next};
    }
    static void members(auto& self, auto&& see) { see("", self.readout_); }

   private:
    typename Readout::template state<T, B> readout_;
  };
};

}  // namespace filigree
